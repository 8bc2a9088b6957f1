from odoo import api, fields, models
from odoo.exceptions import UserError

from ..compat import write_number
from .retention import RETENTION
from .waking import LEFT_TO_WORKER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_triggers_retention_days = fields.Integer(
        "Log Retention", help="How many days finished runs are kept; 0 for no limit."
    )
    crm_triggers_leave_to_worker = fields.Boolean(
        "Leave Steps to the Scheduled Action",
        config_parameter=LEFT_TO_WORKER,
        help="What rules do immediately starts with the next run of the scheduled action, not right after the "
        "response to the user who saved.",
    )
    crm_triggers_standstill = fields.Text(
        "What is not running",
        compute="_compute_crm_triggers_standstill",
        help="Which scheduled action does not run, and what to do.",
    )

    def _compute_crm_triggers_standstill(self):
        """Shown whether rules are active or not: whoever sets them up needs to know."""
        found = self.env["crm.trigger.rule"]._get_standstills()
        self.crm_triggers_standstill = "\n".join(one.tell() for one in found)

    @api.model
    def get_values(self):
        """Not by ``config_parameter``: Odoo deletes a 0, which would restore the default."""
        days = self.env["crm.trigger.rule"]._get_retention_days()
        return {**super().get_values(), "crm_triggers_retention_days": days}

    def set_values(self):
        if self.crm_triggers_retention_days < 0:
            raise UserError(self.env._("Set how many days the log is kept, or 0 for no limit."))
        result = super().set_values()
        write_number(self.env, RETENTION, self.crm_triggers_retention_days)
        return result
