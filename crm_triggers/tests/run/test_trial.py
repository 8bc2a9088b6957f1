from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTrial(CrmTriggersCommon):
    """Test runs of a rule do not count once it is live."""

    def _try_out(self, steps=None, **vals):
        """Return a rule in test, and a lead that it tried."""
        rule = self._rule_on_offer(steps, activate=False, **vals).with_user(self.manager)
        rule.action_test()
        self._new_transaction()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return rule, lead

    def _again(self, lead):
        self._drag(lead, self.stage_new)
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return [run.stop_reason or run.state for run in self._get_runs(lead).filtered(lambda run: not run.trial)]

    def test_trial_uses_up_neither_once_nor_rest_nor_limit(self):
        """Fails without ``_end_trials`` in ``_activate``, and without ``_sql_counts`` in ``_get_pace_so_far``."""
        for vals in (
            {"reentry": "once"},
            {"reentry": "cooldown", "cooldown_count": 30},
            {"limit_count": 1, "limit_period": "month"},
        ):
            with self.subTest(vals):
                rule, lead = self._try_out(**vals)
                self.assertEqual(self._get_runs(lead).mapped("trial"), [True])
                rule.action_activate()
                self._new_transaction()
                self.assertTrue(rule.explain(lead)["ok"])

                self.assertEqual(self._again(lead), ["done"])
                self.assertEqual(len(lead.activity_ids), 1)
                rule.action_draft()

    def test_what_waits_in_the_trial_is_offered_when_the_rule_is_switched_on(self):
        """As is what was tried to the end. Fails without ``live`` in ``_sql_did_nothing``."""
        for delay, reentry in ((3, "occurrence"), (0, "once"), (3, "once")):
            with self.subTest(delay=delay, reentry=reentry):
                rule, lead = self._try_out([self._task(delay_count=delay)], reentry=reentry)
                dialog = self.env["crm.trigger.activation"].browse(rule.action_switch_on()["res_id"])
                dialog = dialog.with_user(self.manager)
                self.assertIn(lead.id, dialog.existing_ids)

                dialog.write({"scope": "existing", "narrow_domain": str([("id", "=", lead.id)])})
                dialog.action_switch_on()
                self._commit()
                self._run_sweep()

                runs = self._get_runs(lead)
                self.assertEqual(runs.mapped("trial"), [True, False])
                self.assertEqual(runs[-1].state, "running" if delay else "done")
                rule.action_draft()

    def test_date_that_was_tried_out_is_offered_and_fires(self):
        """Fails without ``live`` in ``_search_existing_matches`` of dates, and in ``_get_runs_of_dates``."""
        rule = self._create_rule("date", date="date_deadline", activate=False).with_user(self.manager)
        rule.action_test()
        lead = self._create_lead(date_deadline="2026-02-03")
        self._run_until("2026-02-03 12:00:00")
        self.assertEqual(self._get_runs(lead).trial, True)
        self._move_to("2026-02-04 09:00:00")  # dates due on the day of activation are not asked about
        found = rule._search_existing()
        self.assertIn(lead.id, found)

        rule.action_activate()
        rule._take_in([lead.id])
        self._commit()

        self.assertExecutions(lead, [("Call", "skipped", "test"), ("Call", "done")])

    def test_key_that_was_tried_out_enters(self):
        rule = self._create_rule("manual", activate=False).with_user(self.manager)
        rule.action_test()
        lead = self._create_lead()
        rule.enroll(lead, key="fair")
        self._run_worker()
        self.assertFalse(rule.enroll(lead, key="fair"), "in test, trials count")
        rule.action_activate()

        self.assertTrue(rule.enroll(lead, key="fair"))

    def test_what_was_tried_out_is_not_done_after_a_pause(self):
        """A rule that was paused in test was never live: it asks, and starts afresh."""
        rule, lead = self._try_out([self._task(delay_count=3)])
        rule.action_pause()
        self._move_to("2026-02-03 09:00:00")

        self.assertTrue(rule.action_switch_on(), "it asks what to do with existing records")
        rule.action_activate()
        self._run_until("2026-02-10 09:00:00")

        self.assertFalse(lead.activity_ids)
        self.assertEqual(self._get_runs(lead).stop_reason, "rule_closed")
        self.assertEqual(str(rule.activated_at)[:10], "2026-02-03")

    def test_what_was_planned_before_the_trial_waits(self):
        """Live, paused, in test, live again: nothing is lost. Fails without ``trial`` in ``_guard_test``."""
        rule = self._rule_on_offer([self._task(delay_count=1)]).with_user(self.manager)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        rule.action_pause()
        rule.action_test()
        self._run_until("2026-02-03 09:01:00")
        self.assertExecutions(lead, [("Call", "scheduled")])

        rule.action_activate()
        self._run_until("2026-02-03 11:00:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_rules_of_before(self):
        """Fails without the script."""
        rule, lead = self._try_out(reentry="once", limit_count=1)
        self.env.cr.execute("UPDATE crm_trigger_run SET trial = NULL, email = NULL, started_at = now()")  # not frozen
        self.env.cr.execute("UPDATE crm_trigger_rule SET state = 'live' WHERE id = %s", [rule.id])
        path = file_path("crm_triggers/migrations/19.0.1.5.0/post-counting.py")
        load_script(path, "crm_triggers_counting").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        rule._clear_rules()

        self.assertEqual((self._get_runs(lead).trial, self._get_runs(lead).email), (True, "ada@example.com"))
        self.assertEqual(self._again(lead), ["done"])
