from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.crm_triggers.models.rule import standstill
from odoo.tests import Form, tagged

from ..common import CrmTriggersCommon

STANDSTILL = "odoo.addons.crm_triggers.models.rule.standstill"
TITLE = "Rules are not running"


@tagged("post_install", "-at_install")
class TestStandstill(CrmTriggersCommon):
    """Promise 5: if scheduled actions do not run, rules look live and do nothing; this is reported."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker, cls.clock_job = (
            cls.env.ref("crm_triggers.ir_cron_execute"),
            cls.env.ref("crm_triggers.ir_cron_sweep"),
        )
        (cls.worker | cls.clock_job).write({"active": True, "nextcall": "2026-02-02 09:00:00"})

    def _date_rule(self, **vals):
        return self._create_rule("date", date="date_deadline", **vals)

    def _get_told(self):
        return self.env["mail.activity"].search([("res_model", "=", "crm.trigger.rule"), ("summary", "=", TITLE)])

    def test_nothing_is_said_while_all_runs(self):
        rule, lead = self._date_rule(), self._create_lead()
        self._run_sweep()
        self._run_worker()

        self.assertFalse(rule.standstill)
        self.assertNotIn("standstill", str([guard["key"] for guard in rule.explain(lead)["guards"]]))
        self.assertFalse(self._get_told())

    def test_both_that_are_switched_off_are_told_apart(self):
        """A screen tells guards by their key, and breaks on one that comes twice."""
        rule, lead = self._date_rule(), self._create_lead()
        (self.worker | self.clock_job).active = False

        keys = [guard["key"] for guard in rule.explain(lead)["guards"] if "standstill" in guard["key"]]

        self.assertEqual(len(set(keys)), 2)
        self.assertEqual(len(keys), 2)

    def test_worker_that_is_switched_off_is_named_wherever_one_asks(self):
        """By why, the rule and the settings. Fails without ``_get_standstills``."""
        rule, lead = self._rule_on_offer(), self._create_lead()
        self.worker.active = False

        answer = rule.with_user(self.sam).explain(lead)
        settings = self.env["res.config.settings"].with_user(self.admin).create({})

        self.assertFalse(answer["ok"])
        self.assertIn("due steps are not carried out", answer["verdict"])
        for text in (
            answer["verdict"],
            Form(rule.with_user(self.manager)).standstill,
            settings.crm_triggers_standstill,
        ):
            self.assertIn("“Triggers: run due steps” is inactive", text)

    def test_clock_concerns_those_that_wait_for_it(self):
        waiting, quick = self._date_rule(), self._rule_on_offer()
        quick.sudo().unsettled_since = False  # the clock has caught up
        self.clock_job.active = False

        self.assertIn("check due dates", waiting.standstill)
        self.assertFalse(quick.standstill)
        waiting.action_draft()
        self.assertFalse(waiting.standstill, "one that is off waits for nothing")

    def test_deleted_one_is_said(self):
        rule = self._rule_on_offer()
        self.worker.unlink()
        self.env.registry.clear_cache()

        self.assertIn("was deleted", rule.standstill)

    def test_one_that_is_long_overdue_is_said_with_its_last_time(self):
        """On a copy, on a server that runs none. Fails without ``_is_late_job``."""
        rule = self._rule_on_offer()
        self.worker.write({"nextcall": "2026-02-02 08:40:00", "lastcall": "2026-02-02 08:39:00"})

        with patch.dict(f"{STANDSTILL}.config.options", {"max_cron_threads": 2}):
            self.assertIn("has not run since", rule.standstill)
        rule.invalidate_recordset(["standstill"])
        with patch.dict(f"{STANDSTILL}.config.options", {"max_cron_threads": 0}):
            self.assertIn("set max_cron_threads to 1 or more", rule.standstill)
        rule.invalidate_recordset(["standstill"])
        self.worker.nextcall = "2026-02-02 08:50:00"
        self.assertFalse(rule.standstill, "a few minutes are none")

    def test_worker_that_is_at_it_for_long_is_not_late(self):
        rule = self._rule_on_offer()
        self.worker.nextcall = "2026-02-02 08:00:00"
        self.env["ir.cron.progress"].create({"cron_id": self.worker.id})

        self.assertFalse(rule.standstill)

    def test_clock_tells_each_owner_once_however_many_rules_he_has(self):
        """Fails without ``_tell_of_standstill`` in ``_cron_sweep``."""
        rules = self._rule_on_offer() | self._date_rule() | self._date_rule(user_id=self.admin.id)
        self.worker.active = False

        for _time in range(3):
            self._run_sweep()

        self.assertEqual(sorted(self._get_told().user_id.ids), sorted((self.manager | self.admin).ids))
        self.assertTrue(set(self._get_told().mapped("res_id")) <= set(rules.ids))

        self._get_told().action_done()
        self._run_sweep()
        self.assertFalse(self._get_told(), "who has seen it is left alone for a day")
        self._run_until("2026-02-03 09:30")
        self.assertEqual(len(self._get_told()), 2)

    def test_worker_tells_that_the_clock_stands_still(self):
        rule = self._date_rule()
        self.clock_job.active = False

        self._run_worker()

        self.assertEqual(self._get_told().user_id, self.manager)
        self.assertIn("check due dates", self._get_told().note)
        self.assertEqual(self._get_told().res_id, rule.id)

    def test_save_tells_where_nothing_else_runs(self):
        """Fails without the line in ``_drain``."""
        self.enterContext(patch.dict(standstill._ASKED, clear=True))
        self._rule_on_offer()
        (self.worker | self.clock_job).active = False
        lead = self._create_lead()

        lead.write({"stage_id": self.stage_offer.id})
        self._commit()

        self.assertEqual(self._get_told().user_id, self.manager)
        self.assertEqual(len(self._get_executions(lead)), 1)

    def test_saves_look_once_a_minute(self):
        """Fails without ``_ASKED``: each save paid for what a minute's worker asks as well."""
        self.enterContext(patch.dict(standstill._ASKED, clear=True))
        self._rule_on_offer()
        with patch.object(self.registry["crm.trigger.rule"], "_tell_of_standstill") as tell:
            for minute in (0, 0, 1):
                self._move_to(fields.Datetime.now() + timedelta(minutes=minute))
                self._create_lead().stage_id = self.stage_offer
                self._commit()
        self.assertEqual(tell.call_count, 2)

    def test_scheduled_action_asks_once(self):
        """Fails when noting, taking back and telling ask each for itself."""
        self._rule_on_offer()
        with patch.object(self.registry["crm.trigger.rule"], "_get_standstills", return_value=[]) as ask:
            self._run_sweep()
            self.assertEqual(ask.call_count, 1)
            self._run_worker()
        self.assertEqual(ask.call_count, 2)

    def test_switching_a_rule_on_tells_at_once(self):
        self.clock_job.active = False

        rule = self._date_rule()

        self.assertEqual((rule.state, self._get_told().res_id), ("live", rule.id))

    def test_what_is_new_is_written_into_what_was_told(self):
        self._date_rule()
        self.worker.active = False
        self._run_sweep()
        self.clock_job.active = False

        self.env["crm.trigger.rule"]._tell_of_standstill()

        self.assertEqual(len(self._get_told()), 1)
        self.assertIn("check due dates", self._get_told().note)

    def test_it_is_taken_away_once_all_runs(self):
        """Fails without ``_settle_standstill``."""
        self._date_rule()
        self.worker.active = False
        self._run_sweep()
        self.assertTrue(self._get_told())

        self.worker.write({"active": True, "nextcall": fields.Datetime.now() + timedelta(minutes=1)})
        self._run_sweep()

        self.assertFalse(self._get_told())

    def test_owner_is_told_once_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        self._date_rule()
        self.worker.active = False

        for _time in range(2):
            self._run_sweep()

        told = self.env["mail.activity"].search([("res_model", "=", "crm.trigger.rule"), ("automated", "=", True)])
        title = self.env["crm.trigger.rule"].with_context(lang="fr_FR")._get_standstill_title()
        self.assertEqual(told.mapped("summary"), [title])
