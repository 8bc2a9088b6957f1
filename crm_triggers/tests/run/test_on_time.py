from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.crm_triggers.models.rule import standstill
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon

STANDSTILL = "odoo.addons.crm_triggers.models.rule.standstill"
TITLE = "Rules are not running"


@tagged("post_install", "-at_install")
class TestOnTime(CrmTriggersCommon):
    """Promise 5: lateness is shown everywhere, and reported unasked."""

    def setUp(self):
        super().setUp()
        self.worker, self.clock_job = (
            self.env.ref("crm_triggers.ir_cron_execute"),
            self.env.ref("crm_triggers.ir_cron_sweep"),
        )
        self._let_crons_run()
        self.enterContext(patch.dict(standstill._WARNED, clear=True))

    def _let_crons_run(self):
        now = fields.Datetime.now()
        crons = self.worker | self.clock_job
        crons.write({"active": True, "lastcall": now, "nextcall": now + timedelta(minutes=1), "failure_count": 0})

    def _late_lead(self, minutes=20, **vals):
        """Return a rule and a lead with a step late by this time, though the worker runs."""
        rule, lead = self._rule_on_offer(**vals), self._create_lead()
        self._drag(lead, self.stage_offer)
        self._pass(minutes)
        return rule, lead

    def _pass(self, minutes):
        self._move_to(fields.Datetime.now() + timedelta(minutes=minutes))
        self._let_crons_run()

    def _get_health(self, user=None):
        self.env.flush_all()
        return self.env["crm.trigger.rule"].with_user(user or self.manager).get_health()

    def _get_told(self):
        return self.env["mail.activity"].search([("res_model", "=", "crm.trigger.rule"), ("summary", "=", TITLE)])

    def _sweep_without_working(self):
        """Let the clock run; what is due stays so."""
        self._run_sweep()
        self._let_crons_run()

    # get_health

    def test_all_is_well(self):
        self._rule_on_offer()

        health = self._get_health(self.sam)

        self.assertTrue(health["ok"])
        self.assertEqual((health["status"], health["problems"], health["failing_rules"]), ("ok", [], []))
        self.assertEqual((health["due"], health["oldest_due"], health["late_seconds"]), (0, False, 0))
        self.assertEqual(health["worker"], {"active": True, "last_run": "2026-02-02 09:00:00", "failures": 0})
        self.assertEqual(set(health["clock"]), {"active", "last_run", "failures"})

    def test_oldest_step_and_how_many_wait(self):
        """Fails without ``_get_lateness``: the worker runs, and does not come to it."""
        rule, _lead = self._late_lead()
        self._drag(self._create_leads(2), self.stage_offer)

        health = self._get_health()

        self.assertEqual((health["ok"], health["status"]), (False, "late"))
        self.assertEqual((health["due"], health["oldest_due"]), (3, "2026-02-02 09:00:00"))
        self.assertEqual(health["late_seconds"], 20 * 60)
        self.assertIn("(waiting: 1)", health["problems"][0])
        self.assertIn("have been late since", rule.with_user(self.manager).standstill)

    def test_few_minutes_are_no_alarm(self):
        self._late_lead(minutes=10)

        health = self._get_health()

        self.assertEqual((health["ok"], health["due"], health["late_seconds"]), (True, 1, 600))

    def test_what_people_paused_is_not_late(self):
        rule, _lead = self._late_lead()
        rule.action_pause()
        _other, lead = self._late_lead()
        lead.with_user(self.sam).action_crm_trigger_pause()
        self.env.flush_all()

        health = self._get_health()

        self.assertEqual((health["ok"], health["due"]), (True, 0))
        self.assertFalse(any(self._get_executions(lead).mapped("late")))

    def test_scheduled_actions_that_do_not_run(self):
        self._rule_on_offer()
        self.worker.active = False
        health = self._get_health()
        self.assertEqual((health["status"], health["worker"]["active"]), ("stopped", False))
        self.worker.unlink()
        self.env.registry.clear_cache()
        self.assertEqual(self._get_health()["worker"], {"active": False, "last_run": False, "failures": 0})

    def test_scheduled_action_that_fails_each_time(self):
        """It is called each minute, and does nothing. Fails without ``FAILURES``."""
        rule = self._rule_on_offer()
        self.worker.failure_count = 3

        health = self._get_health()

        self.assertEqual((health["status"], health["worker"]["failures"]), ("stopped", 3))
        self.assertIn("failed 3 times in a row", rule.standstill)

    def test_discounts_that_nobody_takes_back(self):
        """Of a third scheduled action, to those who give some."""
        self.env.ref("crm_triggers.ir_cron_take_back").active = False
        other = self._rule_on_offer()
        self.assertTrue(self._get_health()["ok"])
        discount = {"kind": "discount", "name": "Discount", "discount_percent": 10, "discount_days": 7}

        rule = self._create_rule("create", [discount], model="sale.order")

        self.assertEqual(self._get_health()["status"], "stopped")
        self.assertIn("Discounts of rules are not taken back", rule.standstill)
        self.assertFalse(other.standstill)

    def test_rules_that_fail(self):
        rule = self._rule_on_offer([self._code("record.nonsense")], user=self.admin, name="Broken")
        other = self._rule_on_offer([self._code("record.nonsense")], user=self.admin, name="Given up")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        line = self._get_executions(lead).filtered(lambda line: line.rule_id == other)
        line.write({"state": "error", "done_at": fields.Datetime.now()})

        health = self._get_health()

        self.assertEqual((health["ok"], health["status"]), (False, "failing"))
        self.assertEqual(
            sorted(health["failing_rules"], key=lambda told: told["id"]),
            [
                {"id": rule.id, "name": "Broken", "errors": 0, "retries": 1},
                {"id": other.id, "name": "Given up", "errors": 1, "retries": 0},
            ],
        )
        self.assertIn("“Broken”", health["problems"][0])
        (rule | other).action_draft()
        self.assertTrue(self._get_health()["ok"], "who switched them off knows")

    def test_who_may_not_read_rules_is_told_nothing(self):
        stranger = self._create_user("stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self._get_health(stranger)

    def test_rules_of_others_are_not_named(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        rule = self._rule_on_offer([self._code("record.nonsense")], user=self.admin, name="Secret")
        self._drag(self._create_lead(), self.stage_offer)
        self._run_worker()
        rule.company_id = other

        self.assertNotIn("Secret", str(self._get_health()))

    # Notifications

    def test_owner_of_a_rule_that_waits_is_told_once_it_lasts(self):
        """Fails without ``_get_lasting``; the owner of a rule that is not waiting is not notified."""
        rule, _lead = self._late_lead()
        self._create_rule(filter_domain=[("priority", "=", "3")], user_id=self.admin.id)
        self._sweep_without_working()
        self.assertFalse(self._get_told(), "the worker may be catching up after an outage")

        self._pass(16)
        self._sweep_without_working()

        told = self._get_told()
        self.assertEqual((told.user_id, told.res_id), (self.manager, rule.id))
        self.assertIn("(waiting: 1)", told.note)
        self._run_worker()
        self._run_sweep()
        self.assertFalse(self._get_told(), "over")
        self._late_lead()
        self._sweep_without_working()
        self.assertFalse(self._get_told(), "that is another time")

    def test_log_of_the_server_warns_and_does_not_repeat_itself(self):
        """Fails without ``_warn_of_standstill``."""
        self._late_lead()
        with self.assertLogs(STANDSTILL, "WARNING") as logs:
            self._sweep_without_working()
        self.assertIn("(waiting: 1)", logs.output[0])
        with self.assertNoLogs(STANDSTILL, "WARNING"):
            self._sweep_without_working()

    # Explanation, timeline and log

    def test_why_says_that_a_step_is_late(self):
        """Fails without ``_tell_late``: it said that it fired."""
        rule, lead = self._late_lead()

        answer = rule.with_user(self.sam).explain(lead)

        self.assertFalse(answer["ok"])
        self.assertIn("but “Call” is late: it was due on", answer["verdict"])
        self.assertIn("(waiting: 1)", answer["verdict"])
        guard = next(guard for guard in answer["guards"] if guard["key"] == "standstill late")
        self.assertIsNone(guard["ok"], "it is no obstacle to others")
        other = rule.with_user(self.sam).explain(self._create_lead())
        self.assertNotIn("late", other["verdict"])

    def test_why_names_the_worker_that_stands_still(self):
        rule, lead = self._late_lead()
        self.worker.active = False

        verdict = rule.with_user(self.sam).explain(lead)["verdict"]

        self.assertIn("“Call” is late", verdict)
        self.assertIn("is inactive", verdict)

    def test_timeline_and_log_say_late(self):
        """Fails without ``_filter_late``: they said planned."""
        _rule, lead = self._late_lead(minutes=6)

        (run,) = lead.with_user(self.sam).crm_trigger_timeline()["planned"]

        self.assertEqual([(line["late"], line["state_label"]) for line in run["lines"]], [(True, "Planned, late")])
        self.assertEqual(self._get_executions(lead).with_user(self.sam).mapped("late"), [True])
        self._run_worker()
        (run,) = lead.with_user(self.sam).crm_trigger_timeline()["past"]
        self.assertEqual([(line["late"], line["state_label"]) for line in run["lines"]], [(False, "Done")])

    def test_form_of_a_rule_says_it(self):
        rule, _lead = self._late_lead()

        self.assertIn("have been late since", Form(rule.with_user(self.manager)).standstill)
