from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from ....engine import states
from ....engine.happening import judge
from ....engine.schedule import DUE, LATE
from ....engine.series import find_starts
from .crm_trigger_rule import SIGNAL


class CrmTriggerRule(models.Model):
    """Starts for new signals, by the clock: one process at a time, so that two signals recorded at the same moment
    are counted together, and start a rule once.
    """

    _inherit = "crm.trigger.rule"

    @api.model
    def _is_signal_awaited(self, kind):
        """Return whether an active rule waits for signals of a type; one cached look-up."""
        awaited = self._recall("signals", self._read_awaited_signals) if self.pool.ready else ()
        return kind.id in awaited or None in awaited

    @api.model
    def _read_awaited_signals(self):
        system = self.with_env(self.env(su=True, context={}))
        rules = system.search([("state", "in", states.ACTIVE), ("trigger", "=", SIGNAL)])._leave_out_switched_off()
        return {type_id for rule in rules for type_id in rule.signal_type_ids.ids or [None]}

    def _reset_baseline(self):
        """Signals recorded before it is activated start nothing; they count towards what comes."""
        result = super()._reset_baseline()
        reading = self.sudo().filtered(lambda rule: rule.trigger == SIGNAL and rule.state in states.ACTIVE)
        self.env["crm.trigger.signal.reader"].sudo()._begin(reading)  # internal data of the clock
        return result

    def _is_looked_for(self):
        return self.trigger == SIGNAL or super()._is_looked_for()

    def _get_sweeps(self):
        reading = self.filtered(lambda rule: rule.trigger == SIGNAL)
        return [*super()._get_sweeps(), *((rule, rule._sweep_signals) for rule in reading)]

    def _sweep_signals(self, limit):
        """Start this rule for up to ``limit`` new signals.

        :return: how many were read; 0 if none are left
        """
        self.ensure_one()
        reader = self.env["crm.trigger.signal.reader"].search([("rule_id", "=", self.id)])
        rows = reader._read(self._sql_signals(), limit) if reader else []
        reached = self._search_reached(rows) if rows else []
        keys, judge_sign = {DUE: {}, LATE: {}}, self._get_judge()
        for record_id, signs in self._find_signal_starts(rows, reached, judge_sign).items() if reached else ():
            for sign in signs:
                if (judged := judge_sign(sign)) in keys:
                    keys[judged].setdefault(record_id, []).append(f"signal {sign.id}")
        (self._enter_keys(keys[DUE]) | self._enter_keys(keys[LATE], late=True))._wake()
        return len(rows) if len(rows) == limit else 0

    def _get_judge(self):
        """Return the function of a ``Sign`` that tells whether it is news for this rule (``DUE``), too late (``LATE``)
        or past (``HISTORY``).
        """
        now, since, late_days, tz = fields.Datetime.now(), self.activated_at, self.late_days, self._get_tz()
        return lambda sign: judge(sign.at, now=now, since=since, late_days=late_days, tz=tz)

    def _find_signal_starts(self, rows, reached, judge_sign):
        """Return ``{record id: [Sign]}``, at which this rule starts for each record.

        :param judge_sign: of :meth:`_get_judge`
        """
        new = self._get_signs(rows, reached)
        if not self._is_series():
            return {record_id: list(signs.values()) for record_id, signs in new.items()}
        window, activated_at = self._get_window(), self.activated_at
        find = partial(find_starts, enough=self.signal_points or self.signal_count, window=window)
        times = [row.occurred_at for row in rows]
        all_signs = self._get_signs(self._read_reaching(reached, min(times) - window, max(times) + window), reached)
        started = self._get_signal_starts([one.record_id for one in reached], min(times) - window)
        return {
            record_id: _find_series(
                partial(find, (all_signs[record_id] | signs).values()),
                since=max(activated_at, min(sign.at for sign in signs.values())),
                due=[sign.at for sign in (all_signs[record_id] | signs).values() if judge_sign(sign) == DUE],
                started=started.get(record_id, []),
            )
            for record_id, signs in new.items()
            if signs
        }

    def _read_reaching(self, reached, start, end, *, credible=True):
        """Return the signals of this rule that may reach these records, after a time up to another (naive UTC).

        :param credible: as of :meth:`_sql_signals`
        :return: as of ``crm.trigger.signal._read_signals``
        """
        contacts = [one.contact_id for one in reached if one.contact_id]
        where = SQL(
            "%(signals)s AND occurred_at > %(start)s AND occurred_at <= %(end)s"
            " AND (res_model = %(model)s AND res_id = ANY(%(ids)s) OR signal.partner_id = ANY(%(contacts)s))",
            signals=self._sql_signals(credible=credible),
            start=start,
            end=end,
            model=self.model_name,
            ids=[one.record_id for one in reached],
            contacts=self._get_colleagues(contacts) if self.signal_company else contacts,
        )
        return self.env["crm.trigger.signal"]._read_signals(where)

    def _get_signal_starts(self, res_ids, since):
        """Return ``{record id: [times of the signals at which this rule started]}`` since a time (naive UTC)."""
        query = SQL(
            "SELECT run.res_id, array_agg(signal.occurred_at) FROM crm_trigger_run run"
            " JOIN crm_trigger_signal signal ON signal.id ="
            " CASE WHEN run.occurrence ~ '^signal [0-9]{1,18}$' THEN split_part(run.occurrence, ' ', 2)::bigint END"
            " WHERE run.rule_id = %s AND run.res_id = ANY(%s) AND signal.occurred_at > %s"
            " AND run.stop_reason IS DISTINCT FROM %s AND %s GROUP BY run.res_id",
            self.id,
            res_ids,
            since,
            states.STOP_LATE,
            self._sql_counts(),
        )
        return dict(self.env.execute_query(query))

    def _sql_signals(self, *, credible=True):
        """Return the condition of the signals that this rule counts.

        :param credible: without those of machines and typed-in addresses, unless it counts them
        """
        parts = [SQL("type_id = ANY(%s)", self.signal_type_ids.ids)] if self.signal_type_ids else []
        if self.company_id:  # what a contact does in another company is none of this rule's business
            parts.append(SQL("(signal.company_id IS NULL OR signal.company_id = %s)", self.company_id.id))
        if self.signal_words:
            parts.append(SQL("strpos(lower(payload::text), lower(%s)) > 0", self.signal_words))
        for column, values in self._get_credible().items() if credible else ():
            parts.append(SQL("%s = ANY(%s)", SQL.identifier(column), list(values)))
        return SQL(" AND ").join(parts) if parts else SQL("TRUE")


def _find_series(find, since, due, started):
    """Return the signals at which a rule starts for one record: the first that are news, so that one that is too late
    holds none back, then the others.

    :param find: ``find_starts`` of the signals of the record
    :param list due: times of those that are news
    """
    starts = find(since=max(since, min(due)), started=started) if due else []
    return [*starts, *find(since=since, started=[*started, *(sign.at for sign in starts)])]
