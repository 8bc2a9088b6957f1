from datetime import date, datetime

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import states
from ...engine.decision import ONCE
from ..capture.base import AUTHOR
from ..trigger_kinds.clock import SWEEP_BATCH

MANY = 100_000  # more records are not taken in at a time


class CrmTriggerRule(models.Model):
    """Switching a rule on leaves what is so already alone (promise 4), unless the person wants
    those records taken in, and has seen which and how many they are."""

    _inherit = "crm.trigger.rule"

    backlog_size = fields.Integer("To take in", readonly=True, copy=False)
    backlog_count = fields.Integer("Still to take in", compute="_compute_backlog_count")
    backlog_done = fields.Integer(
        "Taken in",
        compute="_compute_backlog_count",
        help="Of the records that were so already when the rule was switched on, and that it takes in.",
    )

    def _compute_backlog_count(self):
        groups = (
            self.env["crm.trigger.backlog"]
            .sudo()
            ._read_group(  # a mere number
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        counts = {rule.id: count for rule, count in groups}
        for rule in self:
            rule.backlog_count = counts.get(rule.id, 0)
            rule.backlog_done = max(rule.backlog_size - rule.backlog_count, 0)

    def action_switch_on(self):
        """Activate the rule; if records are so already, first show them and ask.

        A rule that was paused goes on as it was. What was created is no news, and is put into
        a scenario by hand.

        :raises UserError: the rule cannot work as it is
        """
        self.ensure_one()
        if self.trigger not in ("match", "date") or self.state == states.PAUSED:
            return self.action_activate()
        self.check_access("write")
        self._check_ready()
        found = self._search_existing()
        if not found:
            return self.action_activate()
        dialog = self.env["crm.trigger.activation"].create({"rule_id": self.id, "existing_ids": found})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Switch on “%s”", self.name),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _search_existing(self):
        """Return the ids of the records the user may read that are so already, and for which
        this rule did nothing yet; of very many only the first, and one more than it takes in."""
        model = self._get_readable_model()
        if not model.has_access("read"):
            return []
        now = fields.Datetime.now()
        domain, dated = self._get_conditions(), self.trigger == "date"
        if dated:
            kind = date if self.trg_date_id.ttype == "date" else datetime
            domain &= Domain(self.trg_date_id.name, "<=", self._get_date_window(kind, now, now)[1])
        query = model._search(domain, order="id", limit=MANY + 1)
        query.add_where(self._sql_did_nothing(query.table))
        columns = ["id", self.trg_date_id.name] if dated else ["id"]
        rows = self.env.execute_query(query.select(*(SQL.identifier(query.table, name) for name in columns)))
        if dated:
            due, late = self._sort_due(dict(rows), now)
            return sorted(due | late)
        return [res_id for (res_id,) in rows]

    def _sql_did_nothing(self, table):
        """Return the condition of records that this rule did nothing for: of a date, for that one."""
        record_id = SQL.identifier(table, "id")
        if self.trigger == "date":
            column = SQL.identifier(table, self.trg_date_id.name)
            return self._sql_has_no_run(record_id, self._sql_date_text(column))
        return SQL(
            "NOT EXISTS (SELECT FROM crm_trigger_run run WHERE run.rule_id = %s AND run.res_id = %s"
            " AND (run.state = %s OR run.occurrence = %s OR EXISTS ("
            "SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id AND e.state = %s)))",
            self.id,
            record_id,
            states.RUNNING,
            ONCE if self.reentry == "once" else None,
            states.DONE,
        )

    def _take_in(self, res_ids):
        """Have this rule act on records that were so before it was switched on.

        Few enter at once, many in batches by the clock. Conditions, limits and pauses hold as ever.

        :raises UserError: they are too many
        """
        self.ensure_one()
        if len(res_ids) > MANY:
            raise UserError(
                self.env._(
                    "More than %(count)s records are so already: narrow them down, or switch “%(rule)s” on for what "
                    "happens from now on.",
                    count=MANY,
                    rule=self.name,
                )
            )
        self.check_access("write")
        rule = self.sudo()  # what waits, and the runs, are written by the system alone
        self.env["crm.trigger.backlog"].sudo()._add(rule, res_ids)
        rule.backlog_size = len(res_ids)
        if len(res_ids) > SWEEP_BATCH:
            self.env.ref("crm_triggers.ir_cron_sweep").sudo()._trigger()
        else:
            rule._enter_backlog(SWEEP_BATCH)

    def _enter_backlog(self, limit):
        """Start this rule for up to ``limit`` of the records that wait to be taken in.

        :return: how many were looked at
        """
        self.ensure_one()
        taken = self.env["crm.trigger.backlog"]._take(self, limit)
        for user_id, res_ids in taken.items():
            entering = self._search_matching(res_ids) - self._search_running(res_ids)
            rule = self.with_context(**{AUTHOR: user_id})
            rule._enter(dict.fromkeys(entering), rule._get_dates(entering))._wake()
            self.env["res.users"].browse(user_id)._bus_send("crm_triggers/refresh", {self._name: self.ids})
        return sum(map(len, taken.values()))

    def _get_dates(self, res_ids):
        """Return ``{record id: date value | None}`` of a rule started by a date."""
        if self.trigger != "date":
            return dict.fromkeys(res_ids)
        return {record.id: record[self.trg_date_id.name] for record in self._get_model().browse(res_ids)}
