from odoo import models

from ..acting import acting_on


class MailMessage(models.Model):
    """Whose words a message is."""

    _inherit = "mail.message"

    def _is_crm_trigger_from_outside(self):
        """Tell whether somebody outside wrote this message, or something there: not a colleague, not the
        company, in whose name rules write, and no rule in whatever name."""
        author = self.sudo().author_id  # only yes or no comes out
        if acting_on(self.env.cr):
            return False
        return not author or (author.partner_share and not author.ref_company_ids)
