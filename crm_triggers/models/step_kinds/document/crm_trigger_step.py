from odoo import api, models

from ....engine import states
from ...step.kinds import made, partly, skipped


class CrmTriggerStep(models.Model):
    """Steps that do something to quotations, orders and invoices."""

    _inherit = "crm.trigger.step"

    @api.constrains("action_id", "kind")
    def _check_values(self):
        """Refuse a new step for what was entered; a change of it is refused by the server action."""
        for step in self:
            step._complain(lambda told: told.action_id._get_value_problem())

    @api.model
    def _check_may_change_orders(self, model_name):
        """Who may not change quotations and orders himself makes no rule that does.

        :raises AccessError: the manager has no right to do so
        """
        if model_name == "sale.order":
            self.env[model_name].check_access("write")

    def _act_on_documents(self, executions, method, finish=None):
        """Do something to the documents of executions, once for those of one document.

        :param method: called with the records; returns ``({record: what was made of it}, {record:
            skip reason})``. A record in both was done in part: the reason is why not all of it was
        :param finish: does the rest for those records of which an earlier try did a part; called with
            ``{record: what was made of it}``, returns the same as ``method``
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
        """Add to outcomes the email in which the orders that were made were sent at this moment; one query."""
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
        """Return the outcome where a document was made, or is being sent in one of two ways, but no more."""
        is_leaving = "sending_data" in result and result.sending_data
        return partly(result, reason, states.PART_WAY if is_leaving else states.PART_DOCUMENT)

    def _get_begun(self, executions):
        """Return ``{execution: document}`` of those of which an earlier try made the document; it may be
        cancelled by now, but a deleted one is made anew."""
        begun = {}
        for model_name, lines in executions.filtered("result_id").grouped("result_model").items():
            documents = self.env[model_name].browse(lines.mapped("result_id")).exists().grouped("id")
            begun |= {line: documents[line.result_id] for line in lines if line.result_id in documents}
        return begun
