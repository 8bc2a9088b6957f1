from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine import decision, states
from ...engine.decision import ONCE
from ..capture.base import AUTHOR


class CrmTriggerRule(models.Model):
    """Records entering a rule: by a change, by the clock, by hand."""

    _inherit = "crm.trigger.rule"

    def enroll(self, records, key=None):
        """Put records into this rule's scenario, whatever its trigger.

        :param records: recordset of the rule's model, or list of ids (from the external API)
        :param key: what makes this entry unique per record; the same key never enters twice
        :return: the runs that started (recordset); records that are in already are left out
        :raises UserError: the rule is not live, or is made for another model
        """
        self.ensure_one()
        if self.state not in states.ACTIVE:
            raise UserError(self.env._("“%s” is not live: activate it first.", self.name))
        if not isinstance(records, models.BaseModel):
            records = self.env[self.model_name].browse(records)
        if records._name != self.model_name:
            raise UserError(
                self.env._(
                    "“%(rule)s” is made for %(expected)s, not for %(given)s.",
                    rule=self.name,
                    expected=self.model_id.name,
                    given=self.env["ir.model"]._get(records._name).name,
                )
            )
        records.check_access("write")
        rule_sudo = self.sudo().with_context(**{AUTHOR: self.env.uid})  # runs are written by the system alone
        entering = rule_sudo._search_matching(records.ids) - rule_sudo._search_running(records.ids)
        runs = rule_sudo._enter(dict.fromkeys(entering, key))
        runs._wake()
        return runs

    def _enter(self, keys, dates=None, late=False, paused=None):
        """Start runs and plan their first step.

        :param dict keys: ``{record id: key of the occurrence | None for the usual one}``
        :param dict dates: ``{record id: date value}``, for a rule started by a date
        :param bool late: only note that the date was missed
        :param set paused: the ids of those that are paused, if that is known
        :return: the new runs, those that stopped at once included
        """
        if not keys or self.state not in states.ACTIVE:  # the clock may be at it while somebody switches it off
            return self.env["crm.trigger.run"]
        texts = {res_id: self._date_text(value) for res_id, value in (dates or {}).items()}
        if paused is None:
            paused = self.env["crm.trigger.pause"]._search_paused(self.model_name, keys)
        self._note_paused(paused & keys.keys(), texts)
        keys = {res_id: key for res_id, key in keys.items() if res_id not in paused}
        happened_at = self.env.cr.now()
        reentry = "occurrence" if late else self.reentry  # a missed date does not use up "once"
        occurrences = {
            res_id: key or decision.occurrence(reentry, happened_at=happened_at, date_value=texts.get(res_id))
            for res_id, key in keys.items()
        }
        for run in self._get_runs_of_dates(texts):
            if run.date_value == texts[run.res_id] and run.occurrence != occurrences.get(run.res_id):
                occurrences.pop(run.res_id, None)  # it fired for this date when "Repeat" said otherwise
        runs = self.env["crm.trigger.run"]._start(self, occurrences, texts, states.STOP_LATE if late else None)
        runs.filtered(lambda run: run.state == states.RUNNING)._plan(self)
        there_already = occurrences.keys() - set(runs.mapped("res_id"))
        return runs | runs._reopen(self, {res_id: occurrences[res_id] for res_id in there_already})

    def _note_paused(self, paused, texts):
        """Note what happens to paused records.

        Nothing is noted of a date: the clock finds it when the record is resumed.

        :param set paused: their ids
        """
        happened_at = decision.occurrence("occurrence", happened_at=self.env.cr.now())
        noted = dict.fromkeys((res_id for res_id in paused if not texts.get(res_id)), happened_at)
        if noted:
            self.env["crm.trigger.run"]._start(self, noted, {}, states.STOP_PAUSED)

    def _get_runs_of_dates(self, texts):
        values = [text for text in texts.values() if text]
        domain = [("rule_id", "=", self.id), ("res_id", "in", list(texts)), ("date_value", "in", values)]
        return self.env["crm.trigger.run"].search(domain) if values else self.env["crm.trigger.run"]

    def _sql_has_no_run(self, record_id, date_text):
        """Return the condition that this rule did not fire for the date value of a record, a text."""
        return SQL(
            "NOT EXISTS (SELECT FROM crm_trigger_run run WHERE run.rule_id = %s"
            " AND run.res_id = %s AND (run.date_value = %s OR run.occurrence = %s))",
            self.id,
            record_id,
            date_text,
            ONCE if self.reentry == "once" else None,
        )

    def _search_running(self, res_ids):
        """Return which of the ids are in this rule right now, as a set."""
        domain = [("rule_id", "=", self.id), ("res_id", "in", res_ids), ("state", "=", states.RUNNING)]
        return set(self.env["crm.trigger.run"].search(domain).mapped("res_id"))
