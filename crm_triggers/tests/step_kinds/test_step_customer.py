from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..server_action_case import ServerActionCase


@tagged("post_install", "-at_install")
class TestStepCustomer(ServerActionCase):
    """K37, K41, K45: leads become opportunities, their contacts customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prospect, cls.customer = cls.env["res.partner.category"].create([{"name": "Prospect"}, {"name": "Client"}])

    def _convert(self, **vals):
        return {"kind": "convert", "name": "Convert", "create_customer": True, **vals}

    def _mark(self, **vals):
        tags = {"customer_tag_id": self.customer.id, "prospect_tag_id": self.prospect.id}
        return {"kind": "customer", "name": "Mark", **tags, **vals}

    def _create_unknown(self, count=1, email="eve@example.com", **vals):
        """Return leads without a known contact."""
        values = {"type": "lead", "partner_id": False, "contact_name": "Eve", "email_from": email, "phone": "0102"}
        return self._create_leads(count, **{**values, **vals})

    def _hurry(self, step, leads, **vals):
        """Have a rule on urgent leads do the step on these."""
        rule = self._create_rule(steps=[step], filter_domain=[("priority", "=", "3")], keep_matching=False, **vals)
        leads = leads.sudo()
        leads.priority = "3"
        self._new_transaction()
        self._run_worker()
        rule.action_draft()
        return leads

    def assertSkipped(self, records, reason):  # noqa: N802
        executions = self._get_executions(records)
        self.assertEqual(set(executions.mapped("state")), {"skipped"})
        self.assertEqual(set(executions.mapped("skip_reason")), {reason})

    def test_k37_lead_is_converted_with_its_customer(self):
        lead = self._hurry(self._convert(), self._create_unknown())

        self.assertEqual(lead.type, "opportunity")
        self.assertTrue(lead.date_conversion)
        self.assertEqual(
            (lead.partner_id.name, lead.partner_id.email, lead.partner_id.user_id), ("Eve", "eve@example.com", self.sam)
        )
        self.assertEqual(self._get_executions(lead).result_id, lead.id)

    def test_k45_customer_is_found_by_email_first(self):
        """Fails without ``_crm_trigger_link_customers``."""
        known = self.env["res.partner"].create({"name": "Eve Known", "email": "EVE@example.com"})

        lead = self._hurry(self._convert(), self._create_unknown())

        self.assertEqual(lead.partner_id, known)
        self.assertEqual(self.env["res.partner"].search_count([("email_normalized", "=", "eve@example.com")]), 1)

    def test_k45_customer_of_another_company_is_not_taken(self):
        """Fails without ``filter_found``."""
        other = self.env["res.partner"].create(
            {"name": "Eve of Lyon", "email": "eve@example.com", "company_id": self.company_b.id}
        )

        lead = self._hurry(self._convert(), self._create_unknown())

        self.assertTrue(lead.partner_id)
        self.assertNotEqual(lead.partner_id, other)

    def test_k45_same_email_in_a_batch_is_one_customer(self):
        """Fails without ``made`` in ``_crm_trigger_create_customers``."""
        leads = self._hurry(self._convert(), self._create_unknown(3) | self._create_unknown(email="Bob@Example.com"))

        self.assertEqual(len(leads.partner_id), 2)
        self.assertEqual(set(leads.mapped("type")), {"opportunity"})

    def test_k45_without_email_each_has_its_customer(self):
        leads = self._hurry(self._convert(), self._create_unknown(2, email=False))

        self.assertEqual(len(leads.partner_id), 2)

    def test_k45_next_one_with_the_same_email_has_the_same_customer(self):
        rule = self._create_rule(steps=[self._convert()], filter_domain=[("priority", "=", "3")])
        partners = []
        for _turn in range(2):
            lead = self._create_unknown(priority="3")
            self._run_worker()
            partners.append(lead.partner_id)

        self.assertEqual(partners[0], partners[1])
        partners[0].email = "elsewhere@example.com"
        third = self._create_unknown(priority="3")
        self._run_worker()

        self.assertNotEqual(third.partner_id, partners[0])
        self.assertEqual(set(rule.run_ids.mapped("state")), {"done"})

    def test_without_create_only_who_is_known_is_linked(self):
        leads = self._create_unknown() | self._create_unknown(email=self.partner.email)

        leads = self._hurry(self._convert(create_customer=False), leads)

        self.assertEqual([lead.partner_id for lead in leads], [self.env["res.partner"], self.partner])
        self.assertEqual(set(leads.mapped("type")), {"opportunity"})

    def test_k45_opportunity_nobody_knows_gets_its_customer(self):
        """The form of a website makes opportunities where leads are not used. Fails without ``create_customer`` in
        ``_act_convert``."""
        lead = self._hurry(self._convert(), self._create_unknown(type="opportunity"))

        self.assertEqual((lead.partner_id.name, lead.partner_id.email), ("Eve", "eve@example.com"))
        self.assertFalse(lead.date_conversion)
        self.assertEqual(self._get_executions(lead).state, "done")

    def test_opportunity_is_not_converted_again(self):
        lead = self._hurry(self._convert(), self._create_lead())

        self.assertFalse(lead.date_conversion)
        self.assertSkipped(lead, "already")

    def test_lost_lead_is_left_alone(self):
        lead = self._create_unknown()
        lead.action_set_lost()
        self._new_transaction()
        self._create_rule(steps=[self._convert()], filter_domain=[("priority", "=", "3"), ("active", "=", False)])
        lead.priority = "3"
        self._new_transaction()
        self._run_worker()

        self.assertEqual((lead.type, lead.partner_id.id), ("lead", False))
        self.assertSkipped(lead, "closed")

    def test_k41_prospect_becomes_customer(self):
        """With its company: the tag, and for invoicing. Fails without ``commercial_partner_id``."""
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True, "category_id": self.prospect.ids})
        self.partner.write({"parent_id": company.id, "category_id": self.prospect.ids})
        self._create_rule(steps=[self._mark()], model="sale.order", filter_domain=[("state", "=", "sale")])
        order = self._create_order()
        order.action_confirm()
        self._run_worker()

        for contact in self.partner | company:
            self.assertEqual(contact.category_id, self.customer)
            self.assertEqual(contact.customer_rank, 1)
        execution = self._get_executions(order)
        self.assertEqual((execution.result_model, execution.result_id), ("res.partner", self.partner.id))

    def test_k41_who_is_a_customer_stays_one(self):
        self.partner.write({"category_id": self.customer.ids, "customer_rank": 7})

        lead = self._hurry(self._mark(), self._create_lead())

        self.assertEqual(self.partner.customer_rank, 7)
        self.assertSkipped(lead, "already")

    def test_k45_lead_nobody_knows_gets_its_customer(self):
        lead = self._hurry(self._mark(), self._create_unknown(type="opportunity"))

        self.assertEqual((lead.partner_id.name, lead.partner_id.category_id), ("Eve", self.customer))
        self.assertEqual(self._get_executions(lead).result_id, lead.partner_id.id)

    def test_address_of_a_colleague_makes_no_customer(self):
        """Several leads of one batch, in several spellings: none is linked, created or marked, as the log shows.
        Fails without ``_crm_trigger_find_colleagues``."""
        leads = self._create_unknown(2, email=self.tom.email) | self._create_unknown(email=self.tom.email.upper())
        for step in (self._mark(), self._convert()):
            leads = self._hurry(step, leads)

            with self.subTest(step["kind"]):
                self.assertFalse(leads.partner_id)
                self.assertSkipped(leads, "colleague")
            leads.priority = "0"
            self._new_transaction()
        self.assertEqual(set(leads.mapped("type")), {"lead"})
        self.assertFalse(self.tom.partner_id.customer_rank or self.tom.partner_id.category_id)
        self.assertEqual(self.env["res.partner"].search_count([("email_normalized", "=", self.tom.email)]), 1)

    def test_record_without_contact_is_left_alone(self):
        rule = self._create_rule(
            steps=[self._mark()], model="account.move", trigger="create", filter_domain=[("move_type", "=", "entry")]
        )
        rule.sudo().author_id = self.env.ref("base.user_admin")  # a manager may not open such entries
        move = self.env["account.move"].create({"move_type": "entry"})
        self._new_transaction()
        self._run_worker()

        self.assertSkipped(move, "no_contact")
        self.assertTrue(rule.run_ids)

    def test_contacts_are_marked_by_one_write(self):
        """Promise 3: batches. Fails when contacts are written one by one."""
        self._create_rule(steps=[self._mark()], model="res.partner", trigger="create")

        def count(number):
            partners = self.env["res.partner"].create([{"name": f"P {i}"} for i in range(number)])
            self._new_transaction()
            before = self.env.cr.sql_log_count
            self._run_worker()
            self.assertEqual(partners.category_id, self.customer)
            return self.env.cr.sql_log_count - before

        count(1)

        self.assertLessEqual(count(40) - count(10), 3)

    def test_only_leads_are_converted(self):
        with self.assertRaisesRegex(UserError, "step “Convert”: Only leads"):
            self._create_rule(steps=[self._convert()], model="sale.order", activate=False)

    def test_records_without_contact_are_refused(self):
        with self.assertRaisesRegex(UserError, "have no contact"):
            self._create_rule(steps=[self._mark()], model="crm.team", activate=False)

    def test_archived_tag_is_refused_and_one_in_use_not_deleted(self):
        rule = self._create_rule(steps=[self._mark()], activate=False)
        with self.assertRaisesRegex(UserError, "rule “Rule”, step “Mark”"):
            self.prospect.unlink()
        self.customer.active = False

        with self.assertRaisesRegex(UserError, "The tag “Client” is archived"):
            rule.action_activate()

    def test_tried_again_nothing_is_done_twice(self):
        """Promise 1."""
        for step in (self._convert(), self._mark()):
            lead = self._hurry(step, self._create_unknown(email=f"{step['kind']}@example.com"))
            partner = lead.partner_id
            execution = self._get_executions(lead)
            execution.rule_id.action_activate()
            execution._mark({"state": "scheduled"})
            execution.run_id._mark({"state": "running"})

            self._run_worker()

            with self.subTest(step["kind"]):
                self.assertSkipped(lead, "already")
                self.assertEqual(lead.partner_id, partner)

    def test_phrases(self):
        steps = self._create_rule(
            steps=[
                self._convert(),
                self._convert(create_customer=False),
                self._mark(),
                self._mark(prospect_tag_id=False),
                self._mark(customer_tag_id=False),
                self._mark(customer_tag_id=False, prospect_tag_id=False),
            ],
            activate=False,
        ).step_ids

        self.assertEqual(
            steps.mapped("phrase"),
            [
                "convert the lead to an opportunity, with its customer",
                "convert the lead to an opportunity",
                "convert the contact to a customer: tag “Client” instead of “Prospect”",
                "convert the contact to a customer: tag “Client”",
                "convert the contact to a customer: remove the tag “Prospect”",
                "convert the contact to a customer",
            ],
        )

    def test_form_creates_the_customer_unless_told_otherwise(self):
        rule = self._create_rule(activate=False).with_user(self.manager)
        with Form(rule) as form, form.step_ids.new() as step:
            step.kind = "convert"

        self.assertTrue(rule.step_ids[-1:].create_customer)

    def test_server_actions_do_the_same(self):
        """Of a menu, or of ``base.automation`` where that is installed."""
        model_id = self.env["ir.model"]._get_id("crm.lead")
        leads = self._create_unknown(2)
        for vals in (
            {"state": "crm_convert", "create_customer": True},
            {"state": "crm_customer", "customer_tag_id": self.customer.id},
        ):
            action = self.env["ir.actions.server"].create({"name": "Do", "model_id": model_id, **vals})
            action.with_context(active_model="crm.lead", active_ids=leads.ids).run()

        self.assertEqual(set(leads.mapped("type")), {"opportunity"})
        self.assertEqual((len(leads.partner_id), leads.partner_id.category_id), (1, self.customer))

    def test_k37_opportunity_of_a_quotation_knows_it(self):
        """Linked both ways, and never a second one."""
        self._create_rule(
            steps=[{"kind": "opportunity", "name": "Create"}, {"kind": "opportunity", "name": "Again"}],
            model="sale.order",
            filter_domain=[("state", "=", "sent")],
        )
        order = self._create_order()
        order.action_quotation_sent()
        self._run_worker()

        self.assertEqual(order.opportunity_id.order_ids, order)
        self.assertExecutions(order, [("Create", "done"), ("Again", "skipped", "already")])
