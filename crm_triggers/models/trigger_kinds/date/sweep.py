from datetime import date, datetime
from functools import partial

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ....engine import states
from .crm_trigger_rule import DATE


class CrmTriggerRule(models.Model):
    """Finds the records whose date is due: by the clock, and when a rule is activated.

    A record is due when its date has come and it has no run for that date value yet. So an outage misses nothing,
    and nothing fires twice however often the clock runs.
    """

    _inherit = "crm.trigger.rule"

    def _get_sweeps(self):
        dated = self.filtered(lambda rule: rule.trigger == DATE)
        sweeps = [(rule, sweep) for rule in dated for sweep in (rule._sweep, rule._sweep_back)]
        return [*super()._get_sweeps(), *sweeps]

    def _enter_missed(self, res_ids, key):
        """The key is the text of the date: records due later, or with another date now, are not included."""
        if self.trigger != DATE:
            return super()._enter_missed(res_ids, key)
        dates = {i: value for i, value in self._get_dates(res_ids).items() if self._date_text(value) == key}
        due, late = self._sort_due(dates, fields.Datetime.now())
        return self._enter(dict.fromkeys(due), dates) | self._enter(dict.fromkeys(late), dates, late=True)

    def _is_looked_for(self):
        return self.trigger == DATE or super()._is_looked_for()

    def _sweep(self, limit):
        """Start runs for up to ``limit`` due records of this rule.

        :return: how many runs were created, including those logged as late
        """
        self.ensure_one()
        return self._enter_found(partial(self._search_due, limit=limit), since=self._get_sweep_start())

    def _sweep_back(self, limit):
        """Resume up to ``limit`` records that came back without a save revealing it.

        :return: how many runs were resumed or created
        """
        self.ensure_one()
        return self._enter_found(partial(self._search_back, limit=limit))

    def _enter_found(self, search, since=None):
        """Let records enter whose date is due, and search further if none of a batch can.

        :param search: takes now and an offset, returns ``{record id: date value}``
        :param since: naive UTC; what was due before is left out
        :return: how many runs were resumed or created
        """
        now, offset = fields.Datetime.now(), 0
        while dates := search(now, offset=offset):
            due, late = self._sort_due(dates, now, since=since)
            entered = self._enter(dict.fromkeys(due), dates)
            entered |= self._enter(dict.fromkeys(late), dates, late=True)
            if entered:
                entered._wake()
                return len(entered)
            offset += len(dates)  # the window is wider than what is due
        return 0

    def _search_due(self, now, limit, offset):
        """Return ``{id: date value}`` of the records due since the activation without a run, and of some more: each
        has to be checked.

        One query, bounded on the plain date column so that its index is used.
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
        query.add_where(SQL("NOT %s", self._sql_is_paused(record_id)))
        rows = self.env.execute_query(query.select(SQL.identifier(query.table, "id"), column))
        return dict(rows)

    def _search_back(self, now, limit, offset):
        """Return ``{id: date value}`` of records that are back where this rule stopped, and not paused.

        Runs stopped before the rule was activated do not count.
        """
        query = self._get_model()._search(self._get_conditions(), order="id", limit=limit, offset=offset)
        record_id, column = (SQL.identifier(query.table, name) for name in ("id", self.trg_date_id.name))
        date_text = self._sql_date_text(column)
        query.add_where(self._sql_was_left(record_id, date_text, states.AWAY, since=self.activated_at))
        query.add_where(SQL("NOT %s", self._sql_is_paused(record_id)))
        return dict(self.env.execute_query(query.select(record_id, column)))

    def _sql_is_paused(self, record_id):
        return self.env["crm.trigger.pause"]._sql_is_paused(SQL("%s", self.model_name), record_id)

    def _search_existing_matches(self, model, limit):
        """Records that were due, or that this rule left; not those due since midnight, which the clock starts."""
        if self.trigger != DATE:
            return super()._search_existing_matches(model, limit)
        now, fname = fields.Datetime.now(), self.trg_date_id.name
        _first, last = self._get_date_window(self._get_date_type(), now, now)
        query = model._search(self._get_conditions() & Domain(fname, "<=", last), order="id", limit=limit)
        record_id, column = (SQL.identifier(query.table, name) for name in ("id", fname))
        date_text = self._sql_date_text(column)
        was_left = self._sql_was_left(record_id, date_text, states.LEFT, live=True)
        has_none = self._sql_has_no_run(record_id, date_text, live=True)
        query.add_where(SQL("(%s OR %s)", has_none, was_left))
        rows = self.env.execute_query(query.select(record_id, column, was_left))
        due, late = self._sort_due({res_id: value for res_id, value, _left in rows}, now)
        news, _late = self._sort_due({res_id: value for res_id, value, left in rows if not left}, now, since=now)
        return sorted((due | late) - news)

    def _sql_key_is_spent(self):
        """A date cannot occur again once the clock no longer searches so far back; a key released by a run that did
        nothing blocks nothing.
        """
        spent = super()._sql_key_is_spent()
        if self.trigger != DATE or not self.trg_date_id:
            return spent
        first, _last = self._get_date_window(self._get_date_type(), self._get_sweep_start(), fields.Datetime.now())
        passed = SQL("run.occurrence = run.date_value AND run.date_value < %s", self._date_text(first))
        given_back = SQL("run.occurrence = run.date_value || ' ' || run.id")
        return SQL("(%s OR %s OR %s)", spent, passed, given_back)

    def _get_date_type(self):
        """Return the type of the date values, ``date`` or ``datetime``."""
        return date if self.trg_date_id.ttype == "date" else datetime
