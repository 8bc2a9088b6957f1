from odoo import api, fields, models
from odoo.exceptions import UserError

from ..compat import write_number
from .retention import RETENTION


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_triggers_signal_retention_days = fields.Integer(
        "Signal Retention", help="How many days signals are kept; 0 for no limit. Then only their daily sums remain."
    )

    @api.model
    def get_values(self):
        """Not by ``config_parameter``: Odoo deletes a 0, which would restore the default."""
        days = self.env["crm.trigger.signal"]._get_kept_days()
        return {**super().get_values(), "crm_triggers_signal_retention_days": days}

    def set_values(self):
        if self.crm_triggers_signal_retention_days < 0:
            raise UserError(self.env._("Set how many days signals are kept, or 0 for no limit."))
        result = super().set_values()
        write_number(self.env, RETENTION, self.crm_triggers_signal_retention_days)
        return result
