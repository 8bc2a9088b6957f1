from odoo import models
from odoo.exceptions import UserError

from ...engine import states
from ..capture.base import AUTHOR
from ..each_language import Worded
from ..given import check_key

IN_IT, UNMATCHED, PAUSED, ENTERED = "running", "conditions", "paused", "entered_before"


class CrmTriggerRule(models.Model):
    """Puts records into a rule manually, by code, or through the external API."""

    _inherit = "crm.trigger.rule"

    def enroll(self, records, key=None, model=None):
        """Put records into this rule's scenario, whatever its trigger.

        :param records: recordset of the rule's model; or a list of ids, which requires ``model``
        :param key: makes this entry unique per record, up to 200 characters; a key never enters twice, and if this
        rule runs once per record, no other key does
        :param str model: model of the ids: an id alone would enroll any record that has it
        :return: the runs that started (recordset); records in progress are left out. :meth:`enroll_ids` returns the
        reasons
        :raises UserError: the rule is not live, or is for another model; an argument is invalid
        :raises MissingError: the rule or one of the records does not exist
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
        key = check_key(self.env, key)
        records.check_access("write")
        rule_sudo = self.sudo().with_context(**{AUTHOR: self.env.uid})  # only the system creates runs
        entering = rule_sudo._search_matching(records.ids) - rule_sudo._search_running(records.ids)
        runs = rule_sudo._enter(dict.fromkeys(entering, key))
        runs._wake()
        return runs

    def enroll_ids(self, model, record_ids, key=None):
        """Put records into this rule and return the outcome of each, as plain data: for the external API.

        :param str model: model of the ids, for instance ``res.partner``
        :param record_ids: list of ids
        :param key: as of :meth:`enroll`
        :return: ``{"entered": [{"record_id", "run_id"}], "left_out": [{"record_id", "code", "reason": text}]}``, in
        the order given. The code is ``running`` (in progress), ``conditions`` (not met), ``paused``,
        ``entered_before`` (with this key, or at all in a rule that runs once) or the ``stop_reason`` of its run
        :raises UserError, MissingError, AccessError: as of :meth:`enroll`; no record entered
        """
        self._ensure_given()
        records = self._browse_given(record_ids, model)
        runs = {run.res_id: run for run in self.enroll(records, key).sudo()}  # access to these records was checked
        began = {res_id: run.id for res_id, run in runs.items() if run.state != states.STOPPED}
        reasons = self.sudo()._get_reasons(records.ids, runs)
        return {
            "entered": [{"record_id": res_id, "run_id": began[res_id]} for res_id in records.ids if res_id in began],
            "left_out": [{"record_id": res_id, **reasons[res_id]} for res_id in records.ids if res_id not in began],
        }

    def _get_reasons(self, res_ids, runs):
        """Return why each of these records was not enrolled: ``{id: {"code", "reason"}}``.

        :param dict runs: ``{id: the started run}``
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
