from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states

LATE = timedelta(minutes=5)  # after which a due step is late: the worker runs every minute


class Waiting(NamedTuple):
    """Due steps that were not run: how many, since when, of which rules."""

    count: int
    since: object  # naive UTC, None if nothing waits
    rule_ids: frozenset


class CrmTriggerExecution(models.Model):
    """Due executions that wait for a worker. Paused ones are not included: they wait for a user."""

    _inherit = "crm.trigger.execution"

    late = fields.Boolean("Is late", compute="_compute_late", help="Its time is over, and nobody has carried it out.")

    @api.depends("state", "scheduled_at")
    def _compute_late(self):
        late = self._filter_late()
        for line in self:
            line.late = line in late

    def _sql_is_due(self):
        paused = self.env["crm.trigger.pause"]._sql_is_paused(SQL("e.res_model"), SQL("e.res_id"))
        return SQL("e.state = 'scheduled' AND e.scheduled_at <= %s AND NOT %s", fields.Datetime.now(), paused)

    @api.model
    def _get_waiting(self, patience=timedelta()):
        """Return the :class:`Waiting` of active rules.

        :param timedelta patience: only what has been due for longer
        """
        due = SQL("e.scheduled_at <= %s AND %s", fields.Datetime.now() - patience, self._sql_is_due())
        columns, end = "e.rule_id, count(*), min(e.scheduled_at)", "GROUP BY e.rule_id"
        query = self._sql_of_active(columns, due, end)
        rows = self.env.execute_query(query)
        since = min((row[2] for row in rows), default=None)
        return Waiting(sum(row[1] for row in rows), since, frozenset(row[0] for row in rows))

    def _filter_late(self):
        """Return those of these that should have run by now; one or two queries for all."""
        since = fields.Datetime.now() - LATE
        planned = self.filtered(lambda line: line.id and line.state == states.SCHEDULED and line.scheduled_at)
        late = planned.filtered(lambda line: line.scheduled_at < since)
        if not late:
            return late
        due = SQL("e.id IN %s AND %s", late._ids, self._sql_is_due())
        due_ids = {line_id for (line_id,) in self.env.execute_query(self._sql_of_active("e.id", due))}
        return late.filtered(lambda line: line.id in due_ids)

    def _sql_of_active(self, columns, where, end=""):
        """Return a query on executions (``e``) of active rules."""
        self.flush_model(["state", "scheduled_at", "rule_id", "step_id"])
        self.env["crm.trigger.rule"].flush_model(["state", "active"])
        return SQL(
            "SELECT %s FROM crm_trigger_execution e JOIN crm_trigger_rule r ON r.id = e.rule_id AND r.state IN %s"
            " AND r.active WHERE e.step_id IS NOT NULL AND %s %s",
            SQL(columns),
            states.ACTIVE,
            where,
            SQL(end),
        )
