from odoo import models
from odoo.tools import SQL

from ...engine import decision, states
from ...engine.decision import ONCE


class CrmTriggerRule(models.Model):
    """Records entering a rule: by a change, by the clock, manually."""

    _inherit = "crm.trigger.rule"

    def _enter(self, keys, dates=None, late=False, paused=None, chosen=False):
        """Start runs and plan their first step; resume the runs of records that came back.

        :param dict keys: ``{record id: key of the occurrence | None for the usual one}``
        :param dict dates: ``{record id: date value}``, for a rule started by a date
        :param bool late: only log that the date was missed
        :param set paused: ids of the paused records, if known
        :param bool chosen: a user chose these records: no remaining step is too late
        :return: the new runs, including those stopped immediately, and the resumed ones
        """
        if not keys or self.state not in states.ACTIVE:  # the clock may run while a user switches the rule off
            return self.env["crm.trigger.run"]
        texts = {res_id: self._date_text(value) for res_id, value in (dates or {}).items()}
        if paused is None:
            paused = self.env["crm.trigger.pause"]._search_paused(self.model_name, keys)
        known = self._get_runs_of_dates(texts)
        self._note_paused(paused & keys.keys(), texts, known)
        keys = {res_id: key for res_id, key in keys.items() if res_id not in paused}
        occurrences = self._get_occurrences(keys, texts, late)
        left = self._sort_known(occurrences, known)
        back = left._come_back(self, occurrences, late=late, chosen=chosen)
        runs = self.env["crm.trigger.run"]._start(self, occurrences, texts, states.STOP_LATE if late else None)
        runs.filtered(lambda run: run.state == states.RUNNING)._plan(self)
        return back | runs

    def _get_occurrences(self, keys, texts, late=False):
        """Return ``{record id: key of the occurrence}``; a missed date does not use up "once"."""
        happened_at, reentry = self.env.cr.now(), "occurrence" if late else self.reentry
        return {
            res_id: decision.occurrence(reentry, happened_at=happened_at, date_value=texts.get(res_id), key=key)
            for res_id, key in keys.items()
        }

    def _sort_known(self, occurrences, known):
        """Remove the occurrences whose date has a run, and return the stopped runs of records that came back.

        :param dict occurrences: changed in place
        :param dict known: as of :meth:`_get_runs_of_dates`
        """
        left = self.env["crm.trigger.run"]
        for res_id, run in known.items():
            if res_id in occurrences and self._get_date_field() and run._is_left():
                left |= run
            elif run.occurrence != occurrences.get(res_id):
                occurrences.pop(res_id, None)  # it fired for this date under another "Repeat" setting
        return left

    def _note_paused(self, paused, texts, known):
        """Log events on paused records; for dates that the clock does not search again, this is the only trace.

        :param set paused: their ids
        :param dict known: as of :meth:`_get_runs_of_dates`
        """
        noted = self._get_occurrences(dict.fromkeys(paused - known.keys()), texts, late=True)
        if noted:
            self.env["crm.trigger.run"]._start(self, noted, texts, states.STOP_PAUSED)
        runs = self.env["crm.trigger.run"].union(*(known[res_id] for res_id in paused & known.keys()))
        runs.filtered(lambda run: run._is_left())._mark({"stop_reason": states.STOP_PAUSED})

    def _get_runs_of_dates(self, texts):
        """Return ``{record id: its last run for that date value}``.

        :param dict texts: ``{record id: text of the date value | None}``
        """
        values = [text for text in texts.values() if text]
        domain = [("rule_id", "=", self.id), ("res_id", "in", list(texts)), ("date_value", "in", values)]
        domain += self._get_counting_domain()
        runs = self.env["crm.trigger.run"].search(domain, order="id") if values else ()
        return {run.res_id: run for run in runs if run.date_value == texts[run.res_id]}

    def _sql_has_no_run(self, record_id, date_text, *, live=False):
        """Return the condition that this rule did not fire for the date value of a record, as text.

        :param live: evaluate as if the rule were live, even in test
        """
        return SQL(
            "NOT EXISTS (SELECT FROM crm_trigger_run run WHERE run.rule_id = %s"
            " AND %s AND run.res_id = %s AND (run.date_value = %s OR run.occurrence = %s))",
            self.id,
            self._sql_counts(live=live),
            record_id,
            date_text,
            ONCE if self.reentry == "once" else None,
        )

    def _search_running(self, res_ids):
        """Return the ids with a run of this rule in progress, as a set."""
        domain = [("rule_id", "=", self.id), ("res_id", "in", res_ids), ("state", "=", states.RUNNING)]
        return set(self.env["crm.trigger.run"].search(domain).mapped("res_id"))
