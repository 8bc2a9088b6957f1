from odoo import api, models

from ....engine import states
from ...step.kinds import made, partly, skipped


class CrmTriggerStep(models.Model):
    """Steps on quotations, orders and invoices."""

    _inherit = "crm.trigger.step"

    @api.constrains("action_id", "kind")
    def _check_values(self):
        """Refuse invalid values of a new step; on a change the server action refuses them."""
        for step in self:
            step._complain(lambda told: told.action_id._get_value_problem())

    @api.model
    def _check_may_change_orders(self, model_name):
        """Users who may not change quotations and orders cannot create a rule that does.

        :raises AccessError: the manager lacks these rights
        """
        if model_name == "sale.order":
            self.env[model_name].check_access("write")

    def _act_on_documents(self, executions, method, finish=None):
        """Act on the documents of executions, once per document.

        :param method: called with the records; returns ``({record: its result}, {record: skip reason})``. A record
        in both was partly done: the reason is why not completely
        :param finish: completes the records partly done by an earlier try; called with ``{record: its result}``,
        returns the same as ``method``
        :return: outcomes, as of ``_act``
        """
        first = executions.grouped("res_id")
        acting = executions.browse(lines[:1].id for lines in first.values())
        already = skipped(states.SKIP_ALREADY)
        outcomes = dict.fromkeys(executions - acting, already)
        begun = self._get_begun(acting) if finish else {}
        results, reasons = method(self._get_records(acting.filtered(lambda line: line not in begun)))
        if begun:
            finished, refused = finish({self._get_records(line): document for line, document in begun.items()})
            results, reasons = {**results, **finished}, {**reasons, **refused}
        for record in {**results, **reasons}:
            line, reason = first[record.id][:1], reasons.get(record)
            if record not in results:
                outcomes[line] = skipped(reason)
            else:
                outcomes[line] = self._get_partly(results[record], reason) if reason else made(results[record])
        return outcomes

    def _note_sent(self, outcomes):
        """Add to outcomes the email by which the confirmed orders were sent just now; one query."""
        sent = {line: outcome for line, outcome in outcomes.items() if outcome.get("result_model") == "sale.order"}
        domain = [
            ("model", "=", "sale.order"),
            ("res_id", "in", [outcome["result_id"] for outcome in sent.values()]),
            ("message_type", "=", "auto_comment"),
        ]
        newest = {message.res_id: message for message in self.env["mail.message"].search(domain, order="id")}
        for line, outcome in sent.items():
            message = newest.get(outcome["result_id"])
            if message and "state" not in outcome:
                outcomes[line] = {**outcome, "sent_message_id": message.id}
        return outcomes

    @api.model
    def _get_partly(self, result, reason):
        """Return the outcome if a document was created, or is being sent by one of two methods, but no more."""
        is_leaving = "sending_data" in result and result.sending_data
        return partly(result, reason, states.PART_WAY if is_leaving else states.PART_DOCUMENT)

    def _get_begun(self, executions):
        """Return ``{execution: document}`` of executions whose document was created by an earlier try; it may be
        cancelled by now, and a deleted one is created again.
        """
        begun = {}
        for model_name, lines in executions.filtered("result_id").grouped("result_model").items():
            documents = self.env[model_name].browse(lines.mapped("result_id")).exists().grouped("id")
            begun |= {line: documents[line.result_id] for line in lines if line.result_id in documents}
        return begun
