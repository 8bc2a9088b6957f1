from odoo import api, models

from ....engine import states
from ...step.kinds import made, skipped


class CrmTriggerStep(models.Model):
    """Steps that do something to quotations, orders and invoices."""

    _inherit = "crm.trigger.step"

    @api.constrains("action_id", "kind")
    def _check_values(self):
        """Refuse a new step for what was entered; a change of it is refused by the server action."""
        for step in self:
            if problem := step.action_id._get_value_problem():
                step._complain(problem)

    @api.model
    def _check_may_change_orders(self, model_name):
        """Who may not change quotations and orders himself makes no rule that does.

        :raises AccessError: the manager has no right to do so
        """
        if model_name == "sale.order":
            self.env[model_name].check_access("write")

    def _act_on_documents(self, executions, method):
        """Do something to the documents of executions, once for those of one document.

        :param method: called with the records; returns ``({record: what was made of it}, {record:
            skip reason})``
        :return: outcomes, as of ``_act``
        """
        first = executions.grouped("res_id")
        acting = executions.browse(lines[:1].id for lines in first.values())
        already = skipped(states.SKIP_ALREADY)
        outcomes = dict.fromkeys(executions - acting, already)
        results, reasons = method(self._get_records(acting))
        for record, result in results.items():
            outcomes[first[record.id][:1]] = made(result)
        for record, reason in reasons.items():
            outcomes[first[record.id][:1]] = skipped(reason)
        return outcomes
