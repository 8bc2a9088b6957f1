from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tour_case import TourCase


@tagged("post_install", "-at_install")
class TestTourLists(TourCase):
    """What people do with the lists, the gallery and the log, in a browser."""

    def _create_drafts(self):
        rule = self._create_rule(name="Call the lead", activate=False)
        empty = self._create_rule(name="Nothing to do", activate=False)
        empty.step_ids.unlink()
        self._create_lead()  # is there already when they are switched on
        return rule + empty

    def test_tour_gallery(self):
        """From the gallery to a rule of one's own that is live; the ready one stays as it was."""
        self.start_tour("/odoo/crm-trigger-templates", "crm_triggers_gallery", login=self.manager.login)

        rule = self.env["crm.trigger.rule"].search([("name", "=", "Call every new lead")])
        self.assertRecordValues(rule, [{"state": "live", "user_id": self.manager.id, "company_id": self.company.id}])
        self.assertEqual(rule.step_ids.activity_summary, "Call and say hello")
        ready = self.env.ref("crm_triggers.template_lead_call")
        self.assertNotEqual(ready.step_ids.activity_summary, "Call and say hello")

    def test_tour_switch_on_the_card(self):
        self._create_drafts()

        self.start_tour("/odoo/crm-triggers", "crm_triggers_switch", login=self.manager.login)

    def test_tour_retry_in_bulk(self):
        self._do_what_does_not_fail()
        self._create_rule(
            user=self.admin,
            filter_domain=[("stage_id", "=", self.stage_offer.id)],
            steps=[self._code("raise UserError('Seven')")],
        )
        leads = self._create_leads(3)
        self._drag(leads, self.stage_offer)
        self._get_executions(leads).write({"attempts": 5})
        with mute_logger("odoo.addons.crm_triggers.models.isolation"):
            self._run_worker()
        self.assertEqual(self._get_executions(leads).mapped("state"), ["error"] * 3)
        self._get_executions(leads).step_id.action_id.code = "True"

        self.start_tour("/odoo/crm-trigger-executions", "crm_triggers_retry", login=self.manager.login)
        self.env.invalidate_all()
        self._run_worker()

        self.assertEqual(self._get_executions(leads).mapped("state"), ["done"] * 3)

    def _do_what_does_not_fail(self):
        """Leave a line that "Error" leaves out: so one sees when the list has been filtered."""
        rule = self._rule_on_offer([self._task()])
        self._drag(self._create_lead(), self.stage_offer)
        self._run_worker()
        rule.action_pause()

    def _speak_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["crm", "crm_triggers"], ["fr_FR"])
        self.manager.lang = "fr_FR"

    def test_tour_in_french(self):
        self._speak_french()
        self._create_drafts()

        self.start_tour("/odoo/crm-triggers", "crm_triggers_french", login=self.manager.login)

    def test_tour_rule_made_in_french(self):
        """Fails where a word of the form, of the presets or of the sentence is left in English."""
        self._speak_french()

        self.start_tour("/odoo/crm-triggers/new", "crm_triggers_french_rule", login=self.manager.login)

        rule = self.env["crm.trigger.rule"].search([("name", "=", "Devis envoyé")])
        self.assertEqual((rule.state, rule.model_name), ("live", "sale.order"))
        self.assertEqual(rule.step_ids.activity_summary, "Relancer le devis")

    def test_tour_salesperson_sees_the_log_of_his_records(self):
        """Promise 8."""
        self._rule_on_offer([self._task(delay_count=3)])
        for user in (self.sam, self.tom):
            lead = self._create_lead(name=f"Lead of {user.name}").sudo()
            lead.write({"user_id": user.id, "stage_id": self.stage_offer.id})
            self._new_transaction()

        self.start_tour("/odoo/crm-trigger-executions", "crm_triggers_salesperson", login=self.sam.login)


@tagged("post_install", "-at_install")
class TestTourListsPhone(TourCase):
    """The same on a phone."""

    browser_size = "375x667"
    touch_enabled = True

    def test_tour_phone(self):
        self._create_rule(name="Call the lead", activate=False)
        self._create_lead()

        self.start_tour("/odoo/crm-triggers", "crm_triggers_phone", login=self.manager.login)

    def test_tour_gallery_on_a_phone(self):
        self.start_tour("/odoo/crm-trigger-templates", "crm_triggers_gallery_phone", login=self.manager.login)

        rule = self.env["crm.trigger.rule"].search([("name", "=", "Call every new lead")])
        self.assertEqual((rule.state, rule.step_ids.activity_summary), ("live", "Call and say hello"))
