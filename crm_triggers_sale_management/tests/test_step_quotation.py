from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestStepQuotation(DocumentCase, MailCase):
    """K16: at a stage of the opportunity, a rule makes its quotation from a template."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chair = {"name": "Chair", "type": "service", "list_price": 40, "taxes_id": False}
        other = cls.env["product.product"].create(chair)
        cls.template = cls.env["sale.order.template"].create(
            {
                "name": "Office",
                "company_id": False,
                "number_of_days": 10,
                "note": "<p>By lorry</p>",
                "sale_order_template_line_ids": [
                    Command.create({"display_type": "line_section", "name": "Furniture"}),
                    Command.create({"product_id": cls.product.id, "product_uom_qty": 2}),
                    Command.create({"product_id": other.id}),
                ],
            }
        )

    def _quotation(self, **vals):
        return {"kind": "quotation", "name": "Quotation", "quotation_template_id": self.template.id, **vals}

    def _run_step(self, step, leads, **vals):
        rule = self._rule_on_offer([step], **vals)
        self._drag(leads, self.stage_offer)
        self._run_worker()
        return self._get_executions(leads.sudo(), rule)

    def test_quotation_of_the_template_linked_both_ways(self):
        """A draft of the salesperson's, with all that choosing the template on screen gives."""
        lead = self._create_lead()

        execution = self._run_step(self._quotation(), lead)

        order = lead.sudo().order_ids
        self.assertEqual((order.opportunity_id, order.partner_id, order.user_id), (lead, self.partner, self.sam))
        self.assertEqual((order.state, order.team_id, str(order.validity_date)), ("draft", self.team, "2026-02-12"))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [0, 2, 1])
        self.assertEqual(order.order_line.mapped("name")[0], "Furniture")
        self.assertIn("By lorry", order.note)
        self.assertEqual((execution.state, execution.result_model), ("done", "sale.order"))
        self.assertEqual(execution.result_id, order.id)

    def test_same_as_by_the_button_of_odoo(self):
        """Fails when Odoo's button and template give more than ours takes."""
        ours, theirs = self._create_leads(2)
        with_context = self.env["sale.order"].with_context(**theirs.sudo()._prepare_opportunity_quotation_context())
        expected = with_context.new({"sale_order_template_id": self.template.id})
        expected._onchange_sale_order_template_id()
        values = expected._convert_to_write(expected._cache)
        expected = self.env["sale.order"].create({**values, "company_id": self.company.id})

        self._run_step(self._quotation(), ours)

        for fname in ("partner_id", "sale_order_template_id", "require_signature", "note", "amount_total", "team_id"):
            self.assertEqual(ours.sudo().order_ids[fname], expected[fname], fname)
        for fname in ("name", "product_id", "price_unit", "display_type", "sequence"):
            lines = ours.sudo().order_ids.order_line
            self.assertEqual(lines.mapped(fname), expected.order_line.mapped(fname), fname)

    def test_quotation_is_not_for_who_has_left(self):
        """The next in turn has it, and signs. Fails without ``_get_owner``."""
        lead = self._create_lead().sudo()
        self.sam.active = False

        self._run_step(self._quotation(quotation_then="sent"), lead)

        self.assertEqual(lead.order_ids.user_id, self.manager)

    def test_never_a_second_one_unless_one_wants_it(self):
        """Promise 1. Fails without ``_crm_trigger_get_quotation_refusal``; a cancelled one does not count."""
        lead = self._create_lead()
        self._run_step(self._quotation(), lead)
        self._drag(lead, self.stage_later)

        self._run_step(self._quotation(), lead)
        self.assertEqual(len(lead.sudo().order_ids), 1)
        self.assertEqual(self._get_executions(lead)[-1:].skip_reason, "already")

        self._drag(lead, self.stage_later)
        self._run_step(self._quotation(quotation_beside=True), lead, name="Beside")
        self.assertEqual(len(lead.sudo().order_ids), 2)

    def test_cancelled_one_does_not_count(self):
        lead = self._create_lead()
        self._create_order(opportunity_id=lead.id).sudo()._action_cancel()

        self._run_step(self._quotation(), lead)

        self.assertEqual(lead.sudo().order_ids.mapped("state"), ["draft", "cancel"])

    def test_lead_and_opportunity_without_customer_get_none(self):
        lead, nobody = self._create_lead(type="lead"), self._create_lead(partner_id=False)

        self._run_step(self._quotation(), lead | nobody)

        self.assertExecutions(lead, [("Quotation", "skipped", "document_state")])
        self.assertExecutions(nobody, [("Quotation", "skipped", "no_customer")])

    def test_sent_on_demand(self):
        lead = self._create_lead()
        with self.mock_mail_gateway():
            self._run_step(self._quotation(quotation_then="sent"), lead)

        mails = self._new_mails.filtered(lambda mail: self.partner in mail.recipient_ids)
        self.assertEqual((lead.sudo().order_ids.state, len(mails)), ("sent", 1))

    # Made, but not sent

    def _assert_partly(self, lead, reason):
        """The quotation is an unsent draft, and the log shows it, with a link to it."""
        line, order = self._get_executions(lead).filtered("done_part"), lead.sudo().order_ids
        self.assertEqual((line.state, line.skip_reason, line.done_part), ("skipped", reason, "document"))
        self.assertEqual((line.result_model, line.result_id), ("sale.order", order.id))
        self.assertEqual((order.state, len(order)), ("draft", 1))
        told = line._tell()[line.id]["reason"]
        self.assertIn("Created, but not sent", told)
        return line, order

    def test_quotation_that_nobody_may_get_is_made_and_not_sent(self):
        """The worst part counts, for each record its own. Fails without the reasons of ``_crm_trigger_send_orders``."""
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        bob = self.env["res.partner"].create({"name": "Bob", "email": "bob@example.com"})
        self.env["mail.blacklist"]._add(self.partner.email)
        blocked, without, fine = (self._create_lead(partner_id=one.id) for one in (self.partner, nobody, bob))
        with self.mock_mail_gateway():
            self._run_step(self._quotation(quotation_then="sent"), blocked | without | fine)

        self._assert_partly(blocked, "blacklist")
        self._assert_partly(without, "no_recipient")
        self.assertEqual((self._get_executions(fine).state, fine.sudo().order_ids.state), ("done", "sent"))
        self.assertFalse(self._new_mails.recipient_ids & (self.partner | nobody))

    def test_trying_again_sends_what_was_made(self):
        """Never a second quotation, also where one beside another is wanted. Fails without ``finish``."""
        self.partner.email = False
        lead = self._create_lead()
        rule = self._rule_on_offer(
            [self._quotation(quotation_then="sent", quotation_beside=True), self._note("After that")]
        )
        self._drag(lead, self.stage_offer)
        self._run_worker()
        line, order = self._assert_partly(lead, "no_recipient")

        self.partner.email = "ada@example.com"
        with self.mock_mail_gateway():
            line.sudo().action_retry()
            self._run_worker()

        self.assertEqual((lead.sudo().order_ids, order.state), (order, "sent"))
        self.assertEqual((line.state, line.skip_reason, line.done_part), ("done", False, False))
        self.assertEqual(len(self._new_mails.filtered(lambda mail: self.partner in mail.recipient_ids)), 1)
        run = self.env["crm.trigger.run"].search([("rule_id", "=", rule.id)])
        self.assertEqual((run.state, len(run.execution_ids)), ("done", 2))

    def test_quotation_cancelled_meanwhile_is_not_made_again(self):
        self.partner.email = False
        lead = self._create_lead()
        self._run_step(self._quotation(quotation_then="sent"), lead)
        line, order = self._assert_partly(lead, "no_recipient")

        order._action_cancel()
        line.sudo().action_retry()
        self._run_worker()

        self.assertEqual((lead.sudo().order_ids, line.skip_reason), (order, "document_state"))

    def test_template_of_another_company_is_refused_on_saving(self):
        """Promise 8: names rule, step and cure. Fails without ``_get_quotation_company_problem``."""
        self.template.company_id = self.company_b
        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Quotation”.*Lyon only"):
            self._rule_on_offer([self._quotation()], activate=False)

        self.template.company_id = self.company
        rule = self._rule_on_offer([self._quotation()])
        theirs = self.template.copy({"company_id": self.company_b.id})
        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Quotation”.*Lyon only"):
            rule.step_ids.quotation_template_id = theirs

    def test_archived_template_is_named(self):
        rule = self._rule_on_offer([self._quotation()], activate=False)
        self.template.active = False
        with self.assertRaisesRegex(UserError, "step “Quotation”.*archived"):
            rule.action_activate()

    def test_in_words_and_without_a_template(self):
        step = self._rule_on_offer([self._quotation()], activate=False).step_ids
        self.assertEqual(step.phrase, "create a draft of the quotation “Office”")
        step.quotation_then = "sent"
        self.assertEqual(step.phrase, "create the quotation “Office” and send it")
        step.quotation_template_id = False
        self.assertEqual(step.phrase, "create a quotation")
        with self.assertRaisesRegex(UserError, "choose the quotation template"):
            step.rule_id.action_activate()

    def test_form_of_a_manager_begins_with_a_draft(self):
        step = self._add_step("quotation", "crm.lead", quotation_template_id=self.template)

        self.assertEqual((step.quotation_then, step.quotation_template_id), ("draft", self.template))

    def test_only_for_opportunities(self):
        with self.assertRaisesRegex(UserError, "Only opportunities"):
            self._create_rule(trigger="manual", model="sale.order", steps=[self._quotation()])

    def test_lead_of_another_company_gets_one_there(self):
        lead = self.env["crm.lead"].create(
            {"name": "Lyon", "type": "opportunity", "partner_id": self.partner.id, "company_id": self.company_b.id}
        )
        lead.team_id = False

        self._run_step(self._quotation(), lead, company_id=False, user=self.admin)

        self.assertEqual(lead.order_ids.company_id, self.company_b)

    def test_batch_is_made_by_one_create(self):
        leads, batches = self._create_leads(9), []
        model = self.env.registry["sale.order"]
        create_origin = model.create

        def create(records, vals_list):
            batches.append(len(vals_list))
            return create_origin(records, vals_list)

        self.patch(model, "create", create)
        self._run_step(self._quotation(), leads)

        self.assertEqual(batches, [9])

    def test_as_a_server_action(self):
        lead = self._create_lead()
        action = self._create_action("crm_quotation", "crm.lead", quotation_template_id=self.template.id)

        action.with_user(self.sam).with_context(active_model="crm.lead", active_ids=lead.ids).run()

        self.assertEqual(lead.order_ids.amount_untaxed, 2 * self.product.list_price + 40)
