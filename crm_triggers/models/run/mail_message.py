from odoo import models
from odoo.tools import email_normalize

from ..acting import acting_on


class MailMessage(models.Model):
    """Whether a message comes from outside, and whether it is Odoo's note that a quotation was opened online."""

    _inherit = "mail.message"

    def _is_crm_trigger_from_outside(self):
        """Return whether this message was written by an external person or system: not by a colleague, the company
        (in whose name rules write, and from whose mailboxes colleagues do) or a rule in any name.
        """
        author = self.sudo().author_id  # only yes or no is returned
        if acting_on(self.env.cr):
            return False
        if not author:
            return not self._is_crm_trigger_from_alias()
        return author.partner_share and not author.ref_company_ids

    def _is_crm_trigger_view(self):
        """Return whether Odoo notes here that the customer opened a quotation: once per day and visit."""
        return self.subtype_id == self.env.ref("sale.mt_order_viewed", raise_if_not_found=False)

    def _is_crm_trigger_from_alias(self):
        """Return whether this message was sent from an address of this database: Odoo knows no author for it."""
        email = email_normalize(self.email_from)
        return bool(email) and bool(self.env["mail.alias.domain"].sudo()._find_aliases([email]))
