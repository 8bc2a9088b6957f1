from odoo import fields, models

from ....engine import states
from ...step.kinds import StepKind, declare, made, skipped

declare(
    "close",
    StepKind(
        action={"state": "crm_trigger_close"},
        icon="fa-check-square-o",
        heading="todo",
        manager_fields=("close_type_ids", "close_place", "close_as", "close_feedback"),
        defaults={"close_place": None, "close_as": None},
        minutes=1,
    ),
)


class CrmTriggerStep(models.Model):
    """Steps that close activities: sending the quotation completes “send the quotation”."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("activity",), ("close", "Close activities"), ("mail",)], ondelete={"close": "cascade"}
    )
    close_type_ids = fields.Many2many(related="action_id.close_type_ids", readonly=False)
    close_place = fields.Selection(related="action_id.close_place", readonly=False)
    close_as = fields.Selection(related="action_id.close_as", readonly=False)
    close_feedback = fields.Char(related="action_id.close_feedback", readonly=False)

    def _get_close_phrase(self):
        names = ", ".join(self.close_type_ids.mapped("name"))
        if not names:
            return self.env._("close activities")
        if self.close_as == "cancel":
            return self.env._("cancel the activities (%s)", names)
        return self.env._("mark the activities as done (%s)", names)

    def _get_close_misfit(self):
        return self.action_id._get_crm_trigger_place_warning()

    def _act_close(self, executions):
        """Close open activities; there may be none."""
        traces = self.action_id._crm_trigger_close(self._get_records(executions))
        already = skipped(states.SKIP_ALREADY)
        return {
            line: made(trace) if trace else already
            for line, trace in ((line, traces.get(line.res_id)) for line in executions)
        }
