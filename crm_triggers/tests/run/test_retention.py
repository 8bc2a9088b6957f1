from inspect import getmembers
from unittest.mock import patch

from odoo.addons.base.models.ir_autovacuum import is_autovacuum
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.run import retention
from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestRetention(CrmTriggersCommon):
    """Old runs are forgotten, and nothing fires twice for it."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("crm_triggers.retention_days", 30)

    def _vacuum(self):
        self._new_transaction()
        counts = self.env["crm.trigger.rule"]._gc_runs()
        self._new_transaction()
        return counts

    def test_ended_runs_go_after_their_time(self):
        self._rule_on_offer()
        old, waiting, new = self._create_lead(), self._create_lead(), self._create_lead()
        self._drag(old, self.stage_offer)
        self._run_worker()
        self._rule_on_offer([self._task("Later", delay_count=90)])
        self._drag(waiting, self.stage_offer)
        self._move_to("2026-03-20 09:00:00")
        self._drag(new, self.stage_offer)
        self._run_worker()

        self._vacuum()

        self.assertFalse(self._get_runs(old))
        self.assertEqual(len(self._get_runs(waiting)), 2)  # one planned, one whose step was done today
        self.assertEqual(len(self._get_runs(new)), 2)

    def test_an_administrator_deletes_what_is_old_at_once_and_sees_how_much_it_is(self):
        """By batches, of all rules; the screen asks until nothing is left. Fails without ``- purged`` in
        ``delete_old_runs``."""
        self.enterContext(patch.object(retention, "PURGE_BATCH", 2))
        for _i in range(2):
            self._rule_on_offer()
        leads = self._create_leads(3)
        self._drag(leads, self.stage_offer)
        self._run_worker()
        rules = self.env["crm.trigger.rule"].with_user(self.admin)
        self.assertEqual(rules.count_old_runs(), 0)
        self._move_to("2026-03-20 09:00:00")

        self.assertEqual(rules.count_old_runs(), 6)
        self.assertEqual([rules.delete_old_runs() for _i in range(4)], [2, 2, 2, 0])
        self.assertEqual(rules.count_old_runs(), 0)
        self.assertFalse(self._get_runs(leads))

    def test_a_log_that_is_kept_for_ever_has_nothing_old(self):
        self.env["ir.config_parameter"].set_param("crm_triggers.retention_days", 0)
        rules = self.env["crm.trigger.rule"].with_user(self.admin)

        self.assertEqual((rules.count_old_runs(), rules.delete_old_runs()), (0, 0))

    def test_a_sales_manager_does_not_delete_the_log(self):
        rules = self.env["crm.trigger.rule"].with_user(self.manager)
        for method in (rules.count_old_runs, rules.delete_old_runs):
            with self.assertRaises(AccessError):
                method()

    def test_once_ever_is_ever(self):
        """The log goes, the key stays. Fails when ``_sql_key_is_spent`` says true."""
        self._rule_on_offer(reentry="once")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._move_to("2026-04-20 09:00:00")
        self._vacuum()
        self.assertFalse(self._get_executions(lead))

        self._drag(lead, self.stage_new)
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(len(lead.activity_ids), 1)
        self.assertEqual(self._vacuum(), (0, 0))

    def test_a_date_never_fires_twice(self):
        """Promise 1, day after day across the purge. Fails without ``_get_sweep_start`` in ``_search_due``."""
        self._create_rule("date", date="date_deadline", late_days=10)
        lead = self._create_lead(date_deadline="2026-02-10")
        for moment in ("2026-02-10", "2026-03-05", "2026-03-15", "2026-03-22", "2026-03-24", "2026-04-20"):
            self._run_until(f"{moment} 09:00:00")
            self._vacuum()
        self.assertEqual(len(lead.activity_ids), 1)
        self.assertFalse(self._get_runs(lead))

    def test_a_date_put_back_after_the_purge_is_late(self):
        self._create_rule("date", date="date_deadline", late_days=10)
        lead = self._create_lead(date_deadline="2026-02-10")
        self._run_until("2026-02-10 09:00:00")
        self._move_to("2026-04-20 09:00:00")
        self._vacuum()
        for day in ("2026-06-01", "2026-02-10"):
            lead.date_deadline = day
            self._new_transaction()
        self.assertEqual(self._get_runs(lead).mapped("stop_reason"), ["late"])

    def test_key_of_an_import_stays(self):
        rule = self._create_rule("manual")
        lead, other = self._create_leads(2)
        rule.enroll(lead, key="fair-2026")
        rule.enroll(other)
        self._run_worker()
        self._move_to("2026-04-20 09:00:00")
        self._vacuum()
        self.assertFalse(rule.enroll(lead, key="fair-2026"))
        self.assertTrue(rule.enroll(other))

    def test_rest_outlives_the_log(self):
        """A rest of three months is remembered, although the log is kept for one."""
        self._rule_on_offer(reentry="cooldown", cooldown_count=3, cooldown_unit="months")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._move_to("2026-04-20 09:00:00")
        self._vacuum()
        self._drag(lead, self.stage_new)
        self._drag(lead, self.stage_offer)
        self.assertEqual(self._get_runs(lead).mapped("stop_reason"), [False, "cooldown"])

    def test_for_ever(self):
        self.env["ir.config_parameter"].set_param("crm_triggers.retention_days", 0)
        self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._move_to("2036-04-20 09:00:00")
        self.assertEqual(self._vacuum(), (0, 0))
        self.assertEqual(len(self._get_runs(lead)), 1)

    def test_deleted_rule_takes_its_log_along(self):
        rule = self._rule_on_offer([self._task(), self._task("Later", delay_count=1)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        actions = rule.step_ids.action_id
        rule.with_user(self.manager).unlink()
        self.assertFalse(self._get_runs(lead) | self._get_executions(lead).run_id)
        self.assertFalse(actions.exists())

    def test_setting_that_is_no_number_of_days_keeps_all_and_stops_nothing(self):
        """Fails without ``isdecimal`` in ``read_number``: no date rule was swept any more, and
        "-5" deleted what had just ended."""
        self._create_rule("date", date="date_deadline", trg_date_range=30)
        lead = self._create_lead(date_deadline="2026-04-10")
        for setting in ("two years", "-5", "", "9" * 20):
            self.env["ir.config_parameter"].set_param("crm_triggers.retention_days", setting)
            self._run_until("2026-03-12 09:00:00")
            self._vacuum()

            self.assertExecutions(lead, [("Call", "done")])

    def test_vacuum_asks_every_model_that_has_something_to_forget(self):
        """As Odoo's daily job does."""
        ours = [model for name, model in self.env.items() if name.startswith("crm.trigger.")]
        methods = [(model, method) for model in ours for _name, method in getmembers(type(model), is_autovacuum)]

        for model, method in methods:
            method(model)

        self.assertIn(self.env["crm.trigger.rule"], [model for model, _method in methods])
