from odoo import models
from odoo.exceptions import UserError

from ...engine import states
from ..capture.base import AUTHOR
from ..each_language import Worded

MAX_KEY = 200  # characters of a key: it is part of an index
IN_IT, UNMATCHED, PAUSED, ENTERED = "running", "conditions", "paused", "entered_before"


class CrmTriggerRule(models.Model):
    """Putting records into a rule by hand, by code, and from outside."""

    _inherit = "crm.trigger.rule"

    def enroll(self, records, key=None, model=None):
        """Put records into this rule's scenario, whatever its trigger.

        :param records: recordset of the rule's model; or a list of ids, and then ``model`` is to be given
        :param key: what makes this entry unique per record, a text of up to 200 characters; the same key never
            enters twice, and no other one does if this rule runs once per record
        :param str model: of which model the ids are: a mere number would put in whatever record has it
        :return: the runs that started (recordset); records that are in already are left out.
            :meth:`enroll_ids` says why
        :raises UserError: the rule is not live, or is made for another model; something that is given is wrong
        :raises MissingError: the rule or one of the records is not there
        """
        self._ensure_given()
        if self.state not in states.ACTIVE:
            raise Worded.of(self, lambda rule: rule.env._("“%s” is not active: activate it first.", rule.name))
        if not isinstance(records, models.BaseModel):
            if model is None:
                raise UserError(
                    self.env._(
                        "Specify the model of these IDs: “%(rule)s” is made for %(model)s.",
                        rule=self.name,
                        model=self.model_name,
                    )
                )
            records = self._browse_given(records, model)
        if records._name != self.model_name:
            raise UserError(self._tell_wrong_model(records._name))
        key = self._check_key(key)
        records.check_access("write")
        rule_sudo = self.sudo().with_context(**{AUTHOR: self.env.uid})  # runs are written by the system alone
        entering = rule_sudo._search_matching(records.ids) - rule_sudo._search_running(records.ids)
        runs = rule_sudo._enter(dict.fromkeys(entering, key))
        runs._wake()
        return runs

    def enroll_ids(self, model, record_ids, key=None):
        """Put records into this rule and tell what became of each, as plain data: for the external API.

        :param str model: of which model the ids are, for instance ``res.partner``
        :param record_ids: list of ids
        :param key: as of :meth:`enroll`
        :return: ``{"entered": [{"record_id", "run_id"}], "left_out": [{"record_id", "code", "reason": text}]}``, in
            the order given. The code is ``running`` (it is in already), ``conditions`` (it does not meet them),
            ``paused``, ``entered_before`` (with this key, or at all where once is all) or the ``stop_reason`` of
            its run
        :raises UserError, MissingError, AccessError: as of :meth:`enroll`; then nothing entered
        """
        self._ensure_given()
        records = self._browse_given(record_ids, model)
        runs = {run.res_id: run for run in self.enroll(records, key).sudo()}  # whose records they are was checked
        began = {res_id: run.id for res_id, run in runs.items() if run.state != states.STOPPED}
        reasons = self.sudo()._get_reasons(records.ids, runs)
        return {
            "entered": [{"record_id": res_id, "run_id": began[res_id]} for res_id in records.ids if res_id in began],
            "left_out": [{"record_id": res_id, **reasons[res_id]} for res_id in records.ids if res_id not in began],
        }

    def _get_reasons(self, res_ids, runs):
        """Return why each of these records did not enter just now: ``{id: {"code", "reason"}}``.

        :param dict runs: ``{id: the run that started}``
        """
        running, matching = self._search_running(res_ids), self._search_matching(res_ids)
        paused = self.env["crm.trigger.pause"]._search_paused(self.model_name, res_ids)
        codes = {}
        for res_id in res_ids:
            if res_id in runs:
                codes[res_id] = runs[res_id].stop_reason
            elif res_id in running:
                codes[res_id] = IN_IT
            elif res_id not in matching:
                codes[res_id] = UNMATCHED
            else:
                codes[res_id] = PAUSED if res_id in paused else ENTERED
        return {res_id: {"code": code, "reason": self._tell_reason(code)} for res_id, code in codes.items()}

    def _tell_reason(self, code):
        words = {
            IN_IT: self.env._("It is in this rule already."),
            UNMATCHED: self.env._("It does not meet the conditions of the rule: ask “explain” which ones."),
            PAUSED: self.env._("Rules are paused for this record."),
            ENTERED: self.env._("It entered before, and does not enter again."),
        }
        return words.get(code) or self.env["crm.trigger.run"]._get_label("stop_reason", code)

    def _check_key(self, key):
        """Return a key as it is kept; none at all is None.

        :raises UserError: it is no text, or too long
        """
        if key is None or key is False:
            return None
        text = str(key) if isinstance(key, int | str) and not isinstance(key, bool) else ""
        if not text.strip() or len(text) > MAX_KEY or "\x00" in text:
            raise UserError(self.env._("The key must be a text of up to %s characters.", MAX_KEY))
        return text
