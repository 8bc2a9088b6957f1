from odoo.addons.crm_triggers.models.trigger_kinds.happening.crm_trigger_rule import Happened
from odoo.addons.crm_triggers.tests.common import CrmTriggersCommon
from odoo.exceptions import UserError
from odoo.tests import tagged

MISSED = "call_missed_again"


@tagged("post_install", "-at_install")
class TestTriggerKind(CrmTriggersCommon):
    """A kind of trigger, and an event, that an add-on adds without changing the core."""

    def _create_lacking(self, steps=None, **vals):
        field = self.env["ir.model.fields"]._get("crm.lead", "user_id")
        return self._create_rule("lacking", steps, lacking_field_id=field.id, **vals)

    def _leave(self, lead, user=None):
        lead.with_user(self.manager).user_id = user
        self._new_transaction()

    def test_a_record_left_without_the_value_starts_it_once(self):
        rule, lead = self._create_lacking(), self._create_lead()
        for stage in (self.stage_offer, self.stage_later):
            self._drag(lead, stage)
        self.assertFalse(self._get_runs(lead))

        self._leave(lead)
        self._drag(lead, self.stage_new)
        self._run_until("2026-02-02 12:00:00")

        [run] = self._get_runs(lead)
        self.assertEqual((run.rule_id, run.state), (rule, "done"))
        self.assertExecutions(lead, [("Call", "done")])
        self._leave(lead, self.sam)
        self._leave(lead)
        self.assertEqual(len(self._get_runs(lead)), 2)

    def test_who_lacked_it_before_or_from_the_start_is_no_news(self):
        """Promise 4. Fails with ``born=True``."""
        before = self._create_lead(user_id=False)
        self._create_lacking()
        new = self._create_lead(user_id=False)
        for lead in (before, new):
            self._drag(lead, self.stage_offer)
        self._run_until("2026-02-02 12:00:00")

        self.assertFalse(self._get_runs(before | new))

    def test_what_is_planned_ends_when_the_value_is_there_again(self):
        self._create_lacking([self._task(delay_count=3)])
        lead = self._create_lead()
        self._leave(lead)
        self._leave(lead, self.tom)

        self.assertEqual(self._get_runs(lead).stop_reason, "unmatched")

    def test_it_is_told_and_explained(self):
        rule, lead = self._create_lacking(), self._create_lead()
        self.assertTrue(rule.sentence.startswith("When “Salesperson” is emptied (Lead / Opportunity): "), rule.sentence)
        self._leave(lead)

        self.assertEqual(self._get_runs(lead)._get_why(), "By Mona")
        self.assertTrue(rule.explain(lead)["verdict"].startswith("It ran on"))
        other = self._create_lead(user_id=False)
        self.assertIn("filled in and emptied again", rule.explain(other)["verdict"])

    def test_without_its_field_it_is_not_switched_on(self):
        with self.assertRaisesRegex(UserError, "choose the value that the record is left without"):
            self._create_rule("lacking")

    def test_its_old_runs_are_forgotten(self):
        self.env["ir.config_parameter"].set_param("crm_triggers.retention_days", 30)
        self._create_lacking()
        lead = self._create_lead()
        self._leave(lead)
        self._run_worker()
        self._move_to("2026-04-20 09:00:00")
        self.env["crm.trigger.rule"]._gc_runs()

        self.assertFalse(self._get_runs(lead))

    def test_what_happens_by_an_add_on_fires_once_and_is_forgotten(self):
        """Fails without the add-on's names in ``_sql_key_is_spent``; a key that somebody gave stays."""
        self.env["ir.config_parameter"].set_param("crm_triggers.retention_days", 30)
        rule = self._create_rule("happening", happening=MISSED)
        lead, other = self._create_leads(2)
        for _time in range(2):
            happened = rule._get_happened(MISSED, lambda _models: [Happened("crm.lead", lead.id, 7, None, "")])
            rule._note_happened(MISSED, happened)
            self._new_transaction()
        rule.enroll(other, key="fair 2026")
        self._run_worker()
        self.assertEqual(self._get_runs(lead).occurrence, f"{MISSED} 7")

        self._move_to("2026-04-20 09:00:00")
        rule._gc_runs()

        self.assertEqual(self._get_runs(lead | other).occurrence, "fair 2026")
