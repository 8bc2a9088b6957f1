from odoo import models
from odoo.fields import Datetime
from odoo.tools.misc import format_date, format_datetime

from ...engine import states


class CrmTriggerRun(models.Model):
    """Runs as plain data."""

    _inherit = "crm.trigger.run"

    def _tell(self, shown):
        """Return ``{run id: plain data}``, read as superuser: users who can read a run may see its rule.

        :param shown: the record whose timeline is shown; its lines are named
        """
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in ("state", "stop_reason")}
        return {
            run.id: {
                "id": run.id,
                "rule_id": run.rule_id.id,
                "rule": run.rule_id.name,
                "state": run.state,
                "state_label": labels["state"][run.state],
                "stop_reason": run.stop_reason,
                "reason": labels["stop_reason"].get(run.stop_reason, ""),
                "why": run._tell_why(),
                "error": run.error or "",
                "record": run.record_name if (run.res_model, run.res_id) != (shown._name, shown.id) else "",
                "started_at": Datetime.to_string(run.started_at),
                "ahead": run._get_ahead(),
            }
            for run in self.sudo()
        }

    def _tell_why(self):
        """Return what started a run, and since when it is resumed if it had stopped."""
        if not self.resumed_at:
            return self._get_why()
        since = format_datetime(self.env, self.resumed_at, tz=self.env.user.tz)
        return self.env._("%(why)s, resumed on %(when)s", why=self._get_why(), when=since)

    def _get_why(self):
        """Return what started a run, as text."""
        if self.origin_execution_id:
            return self.env._("By the rule “%s”", self.origin_execution_id.rule_id.name)
        return self.rule_id._get_run_origin(self)

    def _tell_date(self):
        """Return the date value that started this run, as text."""
        value = self._get_date()
        if " " in self.date_value:
            return format_datetime(self.env, value, tz=self.env.user.tz)
        return format_date(self.env, value)

    def _get_ahead(self):
        """Return the names of the steps after the planned ones."""
        if self.state != states.RUNNING:
            return []
        return self.rule_id.step_ids._get_ahead(self.execution_ids.step_id).mapped("name")
