from odoo import models
from odoo.fields import Datetime

from ...engine import states


class CrmTriggerExecution(models.Model):
    """Executions as plain data."""

    _inherit = "crm.trigger.execution"

    def _tell(self):
        """Return ``{execution id: plain data}``, with a link to the created record if the user may open it."""
        choices = ("state", "skip_reason", "done_part")
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in choices}
        results, late_ids = self._get_result_names(), self.sudo()._filter_late()._ids
        return {
            line.id: {
                "id": line.id,
                "name": line.step_name or "",
                "icon": line.step_id.icon or "fa-cogs",  # the step may be deleted
                "state": line.state,
                "state_label": self.env._("Planned, late") if line.id in late_ids else labels["state"][line.state],
                "late": line.id in late_ids,
                "reason": line._tell_reason(labels),
                "error": line.error or "",
                "attempts": line.attempts,
                "at": Datetime.to_string(line.done_at if line.state != states.SCHEDULED else line.scheduled_at),
                "result": results.get((line.result_model, line.result_id), False),
            }
            for line in self.sudo()
        }

    def _tell_reason(self, labels):
        """Return why it was skipped, and what was done nevertheless, as text."""
        reason = labels["skip_reason"].get(self.skip_reason, "")
        if not self.done_part:
            return reason
        part = labels["done_part"][self.done_part]
        return self.env._("%(part)s. %(reason)s", part=part, reason=reason)

    def _get_result_names(self):
        """Return ``{(model, id): {"model", "id", "name"}}`` of the created records that the user may read; a few
        queries per model.
        """
        names = {}
        for model_name, lines in self.filtered("result_id").grouped("result_model").items():
            if model_name not in self.env:
                continue
            made = self.env[model_name].with_context(active_test=False).browse(lines.mapped("result_id"))
            for record in made.exists()._filtered_access("read"):
                names[model_name, record.id] = {
                    "model": model_name,
                    "id": record.id,
                    "name": record.display_name or self.env["ir.model"]._get(model_name).name,  # of a log note
                    "done": "active" in record and not record.active,
                }
        return names
