from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestMigration(CrmTriggersCommon):
    def test_rules_of_before_do_not_fire_on_history(self):
        """Promise 4, across an upgrade. Fails without ``_reset_baseline`` in the script."""
        rules = self._create_rule("create") | self._rule_on_offer()
        rules |= self._create_rule(filter_domain=[("partner_id.name", "=", "Ada")], name="Uncaptured")
        lead = self._create_lead(stage_id=self.stage_offer.id)
        runs = self._get_runs(lead)
        self.env.cr.execute("DELETE FROM crm_trigger_heard")
        self.env.cr.execute("DELETE FROM crm_trigger_seen")
        self.env.cr.execute("UPDATE crm_trigger_rule SET above_id = NULL")
        self.env.invalidate_all()
        self.env.registry.clear_cache()

        path = file_path("crm_triggers/migrations/19.0.1.1.0/end-migration.py")
        load_script(path, "crm_triggers_end_migration").migrate(self.env.cr, "19.0.1.0.0")
        self._run_sweep()

        self.assertEqual(self._get_runs(lead), runs)

    def test_customers_made_by_two_steps_do_not_stop_the_upgrade(self):
        """Their key is unique over all steps since. Fails without the script's line."""
        self._rule_on_offer([self._task(), self._task("Visit")])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        lines = self._get_executions(lead)
        self.assertEqual(set(lines.mapped("state")), {"done"})
        self.env.cr.execute("DROP INDEX crm_trigger_execution_customer")
        self.env.cr.execute(
            "UPDATE crm_trigger_execution SET joint_key = 'customer ada@example.com' WHERE id IN %s", [lines._ids]
        )

        path = file_path("crm_triggers/migrations/19.0.1.3.0/pre-migration.py")
        load_script(path, "crm_triggers_pre_migration").migrate(self.env.cr, "19.0.1.2.0")
        lines.invalidate_recordset(["joint_key"])

        self.assertEqual(lines.mapped("joint_key"), [False, False])
