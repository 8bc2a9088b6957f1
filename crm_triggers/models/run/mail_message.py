from odoo import models

from ..acting import acting_on


class MailMessage(models.Model):
    """Whether a message comes from outside."""

    _inherit = "mail.message"

    def _is_crm_trigger_from_outside(self):
        """Return whether this message was written by an external person or system: not by a colleague, the company
        (in whose name rules write) or a rule in any name.
        """
        author = self.sudo().author_id  # only yes or no is returned
        if acting_on(self.env.cr):
            return False
        return not author or (author.partner_share and not author.ref_company_ids)
