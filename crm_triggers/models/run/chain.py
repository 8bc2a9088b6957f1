from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states
from ...engine.decision import CLOSE_TOGETHER, MAX_DEPTH


class CrmTriggerRun(models.Model):
    """Runs caused by the steps of other rules."""

    _inherit = "crm.trigger.run"

    chain = fields.Char("Rule chain", compute="_compute_chain", help="The rules that led here, the first one first.")

    @api.depends("rule_id", "origin_execution_id")
    @api.depends_context("lang")
    def _compute_chain(self):
        """Names are read as superuser: users who can read this line may see which rules led to it."""
        for run in self.sudo():
            names, cause = [run.rule_id.name], run.origin_execution_id.run_id
            while cause and len(names) <= MAX_DEPTH + 1:
                names.append(cause.rule_id.name)
                cause = cause.origin_execution_id.run_id
            if cause:  # rules that start each other monthly may do so for years
                names.append("…")
            run.chain = " → ".join(reversed(names))

    @api.model
    def _prepare_chain(self, acting, record):
        """Return the values of a new run about its cause: the execution, and the length of its chain of rules."""
        if not acting:
            return {"origin_execution_id": None, "depth": 0}
        key = (record._name, record.id)
        return {"origin_execution_id": acting.origin(*key), "depth": acting.depth(*key)}

    @api.model
    def _stop_circles(self, rows):
        """Return the rows of new runs whose chain of rules is too long, with the reason to stop them immediately."""
        return [{**row, "stop_reason": states.STOP_DEPTH} for row in rows]

    def _get_recent_depths(self):
        """Return ``{run id: length of its recent chain of rules}``: only runs started close together count, as a
        cycle that takes weeks is not a loop.

        One query, none if no run was caused by another.
        """
        depths = dict.fromkeys(self.ids, 0)
        caused = self.filtered("origin_execution_id")
        if caused:
            caused.flush_recordset(["origin_execution_id", "started_at"])
            depths.update(self.env.execute_query(self._sql_recent_depths(caused.ids)))
        return depths

    @api.model
    def _sql_recent_depths(self, run_ids):
        return SQL(
            """WITH RECURSIVE chain AS (
                SELECT run.id AS led_to, run.origin_execution_id, 1 AS depth FROM crm_trigger_run run
                WHERE run.id = ANY(%(runs)s) AND run.started_at > %(since)s
                UNION ALL
                SELECT chain.led_to, run.origin_execution_id, chain.depth + 1 FROM chain
                JOIN crm_trigger_execution cause ON cause.id = chain.origin_execution_id
                JOIN crm_trigger_run run ON run.id = cause.run_id
                WHERE run.origin_execution_id IS NOT NULL AND run.started_at > %(since)s AND chain.depth < %(most)s)
            SELECT led_to, max(depth) FROM chain GROUP BY led_to""",
            runs=list(run_ids),
            since=fields.Datetime.now() - CLOSE_TOGETHER,
            most=MAX_DEPTH + 1,
        )

    def _tell_of_loop(self):
        """Notify the owners of rules stopped because they start each other, once per rule."""
        for rule, runs in self.grouped("rule_id").items():
            rule._alert(
                lambda env: env._("Rules start one another in a circle"),
                lambda env, chain=runs[:1].chain: env._(
                    "They were stopped after ten in a row within a day: %s. Change the conditions of one of them.",
                    chain,
                ),
            )
