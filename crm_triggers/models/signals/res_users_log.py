from odoo import api, models

from .recording import Act


class ResUsersLog(models.Model):
    """A login to the portal is a signal: the strongest proof of who it is."""

    _inherit = "res.users.log"

    @api.model_create_multi
    def create(self, vals_list):
        logs = super().create(vals_list)
        if self.env.user.share and not self.env.user._is_public():
            self.env["crm.trigger.signal"]._hear(
                "portal_login", f"Signal of the login of {self.env.user}", logs._crm_trigger_tell_logins
            )
        return logs

    def _crm_trigger_tell_logins(self):
        at, partner = self.env["crm.trigger.signal"]._read_moment(None), self.env.user.partner_id
        return partner, [Act(res_id=partner.id, key=f"login {log.id}", occurred_at=at) for log in self]
