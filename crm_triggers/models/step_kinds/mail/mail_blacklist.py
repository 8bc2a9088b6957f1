from odoo import api, models


class MailBlacklist(models.Model):
    """Who wants no emails: asked by whatever rules send."""

    _inherit = "mail.blacklist"

    @api.model
    def _get_crm_trigger_blocked(self, emails):
        """Return those of the normalized addresses that are on the list, as a set."""
        return set(self.sudo().search([("email", "in", list(emails))]).mapped("email"))
