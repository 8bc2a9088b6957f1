import ast

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestPresetForm(CrmTriggersCommon):
    """Picking a preset in the form, and what is not offered or refused."""

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

        with self.assertRaisesRegex(ValidationError, "Opportunity reaches a stage.*specify which one"):
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
        self.assertEqual((rule.trg_date_id.name, rule.trg_date_range), ("next_due_date", 7))
        self.assertFalse(rule.preset_value)

    def test_rule_of_before_keeps_its_preset(self):
        """Made when the preset said another date. Fails without ``_crm_trigger_former_dates``."""
        preset = self.env.ref("crm_triggers.preset_invoice_overdue")
        rule = self._create_rule("date", model="account.move", date="invoice_date_due", activate=False)
        rule.write({"preset_id": preset.id, "filter_domain": preset.filter_domain})
        with Form(rule.with_user(self.manager)) as form:
            form.trg_date_range = 9
            form.filter_domain = "[('amount_total', '>', 9), *]".replace("*]", preset.filter_domain[1:])

        self.assertEqual(rule.preset_id, preset)

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
