from datetime import date, datetime

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_trigger_rule import DATE


class CrmTriggerRule(models.Model):
    """Finding the records whose date is due: by the clock, and when a rule is switched on.

    A record is due when its date asks for it and it has no run for that date value yet. So
    nothing is missed by an outage, and nothing fires twice however often the clock looks.
    """

    _inherit = "crm.trigger.rule"

    def _get_sweeps(self):
        dated = self.filtered(lambda rule: rule.trigger == DATE)
        return [*super()._get_sweeps(), *((rule, rule._sweep) for rule in dated)]

    def _is_looked_for(self):
        return self.trigger == DATE or super()._is_looked_for()

    def _sweep(self, limit):
        """Start runs for up to ``limit`` due records of this rule.

        :return: how many runs were made, those noted as late included
        """
        self.ensure_one()
        now, offset = fields.Datetime.now(), 0
        while dates := self._search_due(now, limit, offset):
            due, late = self._sort_due(dates, now, since=self._get_sweep_start())
            if due or late:
                in_time = self._enter(dict.fromkeys(due), dates)
                in_time._wake()
                return len(in_time | self._enter(dict.fromkeys(late), dates, late=True))
            offset += len(dates)  # the window is wider than what is due
        return 0

    def _search_due(self, now, limit, offset):
        """Return ``{id: date value}`` of the records due since the activation without a run,
        and of some more: each has to be looked at.

        One query, bounded on the bare date column so that its index serves.
        """
        fname = self.trg_date_id.name
        model = self._get_model()
        first, last = self._get_date_window(self._get_date_type(), self._get_sweep_start(), now)
        query = model._search(
            [(fname, ">=", first), (fname, "<=", last), *self._get_conditions()],
            order=f"{fname}, id",
            limit=limit,
            offset=offset,
        )
        column = SQL.identifier(query.table, fname)
        record_id = SQL.identifier(query.table, "id")
        query.add_where(self._sql_has_no_run(record_id, self._sql_date_text(column)))
        query.add_where(SQL("NOT %s", self.env["crm.trigger.pause"]._sql_is_paused(SQL("%s", model._name), record_id)))
        rows = self.env.execute_query(query.select(SQL.identifier(query.table, "id"), column))
        return dict(rows)

    def _search_existing_matches(self, model, limit):
        if self.trigger != DATE:
            return super()._search_existing_matches(model, limit)
        now, fname = fields.Datetime.now(), self.trg_date_id.name
        _first, last = self._get_date_window(self._get_date_type(), now, now)
        query = model._search(self._get_conditions() & Domain(fname, "<=", last), order="id", limit=limit)
        record_id, column = (SQL.identifier(query.table, name) for name in ("id", fname))
        query.add_where(self._sql_has_no_run(record_id, self._sql_date_text(column)))
        due, late = self._sort_due(dict(self.env.execute_query(query.select(record_id, column))), now)
        return sorted(due | late)

    def _sql_key_is_spent(self):
        """A date does not come again once the clock no longer looks so far back."""
        spent = super()._sql_key_is_spent()
        if self.trigger != DATE or not self.trg_date_id:
            return spent
        first, _last = self._get_date_window(self._get_date_type(), self._get_sweep_start(), fields.Datetime.now())
        passed = SQL("run.occurrence = run.date_value AND run.date_value < %s", self._date_text(first))
        return SQL("(%s OR %s)", spent, passed)

    def _get_date_type(self):
        """Return what the values of the date are, ``date`` or ``datetime``."""
        return date if self.trg_date_id.ttype == "date" else datetime
