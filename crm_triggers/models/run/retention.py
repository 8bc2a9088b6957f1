from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...engine import states
from ..compat import read_number
from ..isolation import isolated

RETENTION = "crm_triggers.retention_days"
DEFAULT_DAYS = 730
PURGE_BATCH = 1000  # runs deleted per transaction


class CrmTriggerRule(models.Model):
    """Deletes old runs without making anything fire twice.

    The key of a run prevents it from happening again. So a run is deleted only if its key cannot occur again; of
    the others the log is deleted and the key kept.
    """

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_retention_days(self):
        """Return for how many days ended runs are kept; 0, or anything but a number of days, means forever."""
        return read_number(self.env, RETENTION, DEFAULT_DAYS, digits=5)  # the maximum that a date allows

    @api.autovacuum
    def _gc_runs(self):
        """Delete runs that ended long ago, a batch per rule.

        :return: how many, and how many may be left, so that the vacuum repeats it
        """
        purged = []
        for rule in self._search_purged():
            with isolated(self.env.cr.savepoint(), f"Rule {rule.id}: forgetting its old runs"):
                purged.append(rule._purge_runs(PURGE_BATCH))
        return sum(purged), sum(1 for count in purged if count >= PURGE_BATCH)

    @api.model
    def count_old_runs(self):
        """Return how many ended runs are past the retention period.

        :raises AccessError: the user may not change the settings
        """
        return sum(
            self.env.execute_query(SQL("SELECT count(*) FROM crm_trigger_run run WHERE %s", rule._sql_is_old()))[0][0]
            for rule in self._search_purged_by_admin()
        )

    @api.model
    def delete_old_runs(self):
        """Delete a batch of these runs, so that progress can be shown.

        :return: how many; 0 when none is left
        :raises AccessError: the user may not change the settings
        """
        purged = 0
        for rule in self._search_purged_by_admin():
            purged += rule._purge_runs(PURGE_BATCH - purged) if purged < PURGE_BATCH else 0
        return purged

    @api.model
    def _search_purged(self):
        """Return the rules whose old runs are deleted; none if all are kept forever."""
        if not self._get_retention_days():
            return self.browse()
        return self.with_context(active_test=False).search([("activated_at", "!=", False)])

    @api.model
    def _search_purged_by_admin(self):
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator can delete old log entries."))
        return self.sudo()._search_purged()  # of all companies, like the vacuum

    def _purge_runs(self, limit):
        """Delete up to ``limit`` old runs of this rule with their log.

        :return: how many runs
        """
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                "SELECT run.id, %s FROM crm_trigger_run run WHERE %s ORDER BY run.id LIMIT %s",
                self._sql_key_is_spent(),
                self._sql_is_old(),
                limit,
            )
        )
        runs = self.env["crm.trigger.run"]
        runs.browse(run_id for run_id, goes in rows if goes).unlink()
        kept = runs.browse(run_id for run_id, goes in rows if not goes)
        kept.execution_ids.unlink()
        kept.filtered(lambda run: run._is_left())._mark({"stop_reason": states.STOP_LATE})  # their log is deleted
        return len(rows)

    def _sql_is_old(self):
        """Return the condition of this rule's runs to delete, or whose log at least is deleted."""
        return SQL(
            "run.rule_id = %(rule)s AND run.state != %(running)s AND run.started_at < %(before)s AND NOT EXISTS ("
            "SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id AND e.done_at >= %(before)s)"
            " AND (%(goes)s OR EXISTS (SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id))",
            rule=self.id,
            running=states.RUNNING,
            before=self._get_purge_before(),
            goes=self._sql_key_is_spent(),
        )

    def _get_purge_before(self):
        """Return the naive UTC datetime before which an ended run may be deleted: limits still count it until then."""
        now, pace = fields.Datetime.now(), self._get_pace()
        kept_since = now - timedelta(days=self._get_retention_days())
        return min(kept_since, pace.resting_since(now), pace.counted_since(now)) if pace else kept_since

    def _get_sweep_start(self):
        """Return from when on (naive UTC) the clock searches for due dates.

        Dates due before the start of the retention period are not even logged as late.
        """
        days = self._get_retention_days()
        if not days:
            return self.activated_at
        return max(self.activated_at, fields.Datetime.now() - timedelta(days=days + self.late_days))

    def _delete_runs(self):
        """Delete all runs of these rules with their log and planned steps, however many."""
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM crm_trigger_run WHERE rule_id IN %s", tuple(self.ids) or (0,)))
        self.env["crm.trigger.run"].invalidate_model(flush=False)
        self.env["crm.trigger.execution"].invalidate_model(flush=False)
