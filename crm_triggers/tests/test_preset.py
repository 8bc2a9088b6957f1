import ast

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .preset_case import PresetCase


@tagged("post_install", "-at_install")
class TestPreset(PresetCase):
    """What starts a rule is picked by sales words, and means what the words say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"name": "Desk", "type": "service", "taxes_id": False, "invoice_policy": "order"}
        cls.product = cls.env["product.product"].create(values)
        cls.tag = cls.env["crm.tag"].create({"name": "Fair"})
        cls.category = cls.env["res.partner.category"].create({"name": "Press"})
        cls.stage_won = cls.env["crm.stage"].create({"name": "Won", "sequence": 70, "is_won": True})

    def test_each_preset_starts_a_run_when_it_happens_and_not_before(self):
        """Fails for a preset whose conditions, date or state before are wrong, and for one without a proof."""
        values = {"opportunity_stage": self.stage_offer, "opportunity_tag": self.tag, "contact_tag": self.category}
        self._check_presets("crm_triggers", values)

    # Leads and opportunities

    def _make_lead_created(self):
        yield self._create_lead()
        yield self._create_lead(type="lead")

    def _make_lead_converted(self):
        lead = self._create_lead(type="lead")
        yield self._create_lead()
        lead.convert_opportunity(self.partner)
        yield lead

    def _make_opportunity_created(self):
        yield self._create_lead(type="lead")
        yield self._create_lead()

    def _make_opportunity_stage(self):
        lead = self._create_lead()
        yield self._drag(self._create_lead(), self.stage_later)
        self._drag(lead, self.stage_offer)
        yield lead

    def _make_opportunity_assigned(self):
        lead, other = self._create_lead(user_id=False).sudo(), self._create_lead()
        other.user_id = self.tom
        yield
        lead.user_id = self.sam
        yield lead

    def _make_opportunity_priority(self):
        lead = self._create_lead()
        lead.priority = "1"
        yield
        lead.priority = "2"
        yield lead

    def _make_opportunity_tag(self):
        lead = self._create_lead()
        yield
        lead.tag_ids = [Command.link(self.tag.id)]
        yield lead

    def _make_opportunity_meeting(self):
        lead = self._create_lead()
        values = {"name": "Visit", "start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00"}
        self.env["calendar.event"].create({**values, "opportunity_id": lead.id})
        yield self._run_until("2026-02-03 09:30:00")
        self._run_until("2026-02-03 10:30:00")
        yield lead

    def _make_opportunity_idle(self):
        lead, moved = self._create_leads(2)
        self._run_until("2026-02-08 09:00:00")
        yield self._drag(moved, self.stage_offer)
        self._run_until("2026-02-09 10:00:00")
        yield lead

    def _make_opportunity_closing(self):
        lead = self._create_lead(date_deadline="2026-02-20")
        yield self._run_until("2026-02-12 12:00:00")
        self._run_until("2026-02-13 12:00:00")
        yield lead

    def _make_opportunity_overdue(self):
        lead, won = self._create_leads(2, date_deadline="2026-02-20")
        won.action_set_won()
        yield self._run_until("2026-02-20 12:00:00")
        self._run_until("2026-02-21 12:00:00")
        yield lead

    def _make_opportunity_won(self):
        lead = self._create_lead()
        yield self._drag(lead, self.stage_offer)
        lead.action_set_won()
        yield lead

    def _make_opportunity_lost(self):
        lead = self._create_lead()
        yield
        lead.action_set_lost()
        yield lead

    def _make_opportunity_restored(self):
        lead = self._create_lead()
        yield lead.action_set_lost()
        lead.action_unarchive()
        yield lead

    # Quotations and orders

    def _create_order(self, **vals):
        line = Command.create({"product_id": self.product.id, "price_unit": 100})
        values = {"partner_id": self.partner.id, "user_id": self.sam.id, "team_id": self.team.id, "order_line": [line]}
        order = self.env["sale.order"].with_user(self.sam).create({**values, **vals})
        self._new_transaction()
        return order

    def _make_quotation_created(self):
        yield
        yield self._create_order()

    def _make_quotation_sent(self):
        order = self._create_order()
        yield
        order.action_quotation_sent()
        yield order

    def _make_quotation_signed(self):
        order = self._create_order()
        yield order.action_quotation_sent()
        order.sudo().write({"signed_by": "Ada", "signed_on": fields.Datetime.now()})  # as the portal does
        yield order

    def _make_quotation_expires(self):
        order = self._create_order(validity_date="2026-02-20")
        self._create_order(validity_date="2026-02-20").action_confirm()
        yield self._run_until("2026-02-16 12:00:00")
        self._run_until("2026-02-17 12:00:00")
        yield order

    def _make_quotation_expired(self):
        order = self._create_order(validity_date="2026-02-20")
        yield self._run_until("2026-02-20 12:00:00")
        self._run_until("2026-02-21 12:00:00")
        yield order

    def _make_quotation_cancelled(self):
        order = self._create_order()
        yield order.action_quotation_sent()
        order._action_cancel()
        yield order

    def _make_order_confirmed(self):
        order = self._create_order()
        yield order.action_quotation_sent()
        order.action_confirm()
        yield order

    def _make_order_not_invoiced(self):
        order, invoiced = self._create_order(), self._create_order()
        order.action_confirm()
        self._invoice(invoiced)
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield order

    def _make_order_invoiced(self):
        order = self._create_order()
        yield order.action_confirm()
        self._invoice(order)
        yield order

    def _invoice(self, order):
        order.action_confirm() if order.state != "sale" else None
        order.sudo()._create_invoices().action_post()
        self._new_transaction()

    # Invoices

    def _create_invoice(self, move_type="out_invoice", **vals):
        line = Command.create({"name": "Desk", "price_unit": 100, "tax_ids": False})
        values = {"move_type": move_type, "partner_id": self.partner.id, "invoice_date": fields.Date.today()}
        return self.env["account.move"].create(
            {**values, "invoice_user_id": self.sam.id, "invoice_line_ids": [line], **vals}
        )

    def _create_posted(self, **vals):
        invoice = self._create_invoice(**vals)
        invoice.action_post()
        self._new_transaction()
        return invoice

    def _pay(self, invoice, **vals):
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        self.env["account.payment.register"].with_context(**context).create(vals)._create_payments()

    def _make_invoice_posted(self):
        invoice = self._create_invoice()
        yield self._create_posted(move_type="in_invoice")
        invoice.action_post()
        yield invoice

    def _make_invoice_due(self):
        invoice, paid = (self._create_posted(invoice_date_due="2026-02-20") for _number in range(2))
        self._pay(paid)
        yield self._run_until("2026-02-16 12:00:00")
        self._run_until("2026-02-17 12:00:00")
        yield invoice

    def _make_invoice_overdue(self):
        invoice = self._create_posted(invoice_date_due="2026-02-20")
        yield self._run_until("2026-02-26 12:00:00")
        self._run_until("2026-02-27 12:00:00")
        yield invoice

    def _make_invoice_partial(self):
        invoice = self._create_posted()
        yield self._pay(self._create_posted())
        self._pay(invoice, amount=40)
        yield invoice

    def _make_invoice_paid(self):
        invoice = self._create_posted()
        yield self._pay(invoice, amount=40)
        self._pay(invoice)
        yield invoice

    # Contacts

    def _make_contact_created(self):
        partners = self.env["res.partner"]
        yield partners.create({"name": "Depot", "type": "delivery", "parent_id": self.partner.id})
        yield partners.create({"name": "Grace"})

    def _make_contact_customer(self):
        partner = self.env["res.partner"].create({"name": "Grace"})
        yield self._create_invoice(partner_id=partner.id)
        self._create_posted(partner_id=partner.id)
        yield partner

    def _make_contact_tag(self):
        yield
        self.partner.category_id = [Command.link(self.category.id)]
        yield self.partner

    def _make_contact_assigned(self):
        partner = self.env["res.partner"].create({"name": "Grace"})
        yield partner
        partner.user_id = self.sam
        yield partner

    # The form

    def _pick(self, name, value=None):
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.preset_id = self.env.ref(f"crm_triggers.preset_{name}")
        if value:
            form.preset_value = f"{value._name},{value.id}"
        return form

    def test_another_stage_takes_the_place_of_the_one_chosen_before_and_keeps_own_conditions(self):
        """Fails without ``own`` in ``_onchange_preset_value``."""
        form = self._pick("opportunity_stage", self.stage_offer)
        form.filter_domain = str([*ast.literal_eval(form.filter_domain), ("expected_revenue", ">", 1000)])

        form.preset_value = f"crm.stage,{self.stage_later.id}"

        domain = [
            ("type", "=", "opportunity"),
            ("stage_id", "=", self.stage_later.id),
            ("expected_revenue", ">", 1000),
        ]
        self.assertEqual(ast.literal_eval(form.filter_domain), domain)
        self.assertTrue(form.preset_id)

    def test_preset_that_waits_for_a_choice_is_not_saved_without(self):
        """Or the rule would fire at every stage. Fails without ``_check_preset_value``."""
        rule = self._pick("opportunity_stage", self.stage_offer).save()

        with self.assertRaisesRegex(ValidationError, "Opportunity reaches a stage.*say which one"):
            rule.preset_value = False

    def test_words_go_when_the_rule_no_longer_does_what_they_say(self):
        """Fails without ``_onchange_definition``."""
        for change in (
            {"filter_domain": "[]"},
            {"trigger": "create"},
            {"filter_pre_domain": "[('active', '=', True)]"},
        ):
            with self.subTest(change):
                form = self._pick("quotation_sent")
                form.show_advanced = True
                for fname, value in change.items():
                    form[fname] = value
                self.assertFalse(form.preset_id)

    def test_other_preset_takes_nothing_along(self):
        form = self._pick("opportunity_stage", self.stage_offer)
        form.preset_id = self.env.ref("crm_triggers.preset_invoice_overdue")

        rule = form.save()

        self.assertEqual((rule.model_name, rule.trigger, rule.name), ("account.move", "date", "Invoice overdue"))
        self.assertEqual((rule.trg_date_id.name, rule.trg_date_range), ("invoice_date_due", 7))
        self.assertFalse(rule.preset_value)

    def test_name_that_a_person_gave_is_kept(self):
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.name = "Mine"
        form.preset_id = self.env.ref("crm_triggers.preset_quotation_sent")
        self.assertEqual(form.name, "Mine")

    def test_preset_of_what_is_not_installed_is_not_offered(self):
        """Fails without ``_is_available``."""
        values = {"name": "Ticket", "phrase": "a ticket is opened", "phase": "contact"}
        ticket, field, whole = self.env["crm.trigger.preset"].create(
            [
                {**values, "model_name": "x_ticket"},
                {**values, "model_name": "crm.lead", "filter_domain": "[('x_gone', '=', 1)]"},
                {**values, "model_name": "crm.lead"},
            ]
        )

        offered = self.env["crm.trigger.preset"].with_user(self.manager).search([("available", "=", True)])

        self.assertEqual(offered & (ticket + field + whole), whole)

    def test_preset_with_unreadable_conditions_is_refused(self):
        preset = self.env.ref("crm_triggers.preset_quotation_sent")
        for vals in ({"filter_domain": "[('state', '=', user.id)]"}, {"filter_domain": "[('a', '=', {value})]"}):
            with self.subTest(vals), self.assertRaisesRegex(ValidationError, "Quotation sent"):
                preset.write(vals)

    def test_presets_are_the_administrators(self):
        with self.assertRaises(AccessError):
            self.env.ref("crm_triggers.preset_quotation_sent").with_user(self.manager).name = "Mine"
