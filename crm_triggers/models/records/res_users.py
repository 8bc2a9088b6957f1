from odoo import models


class ResUsers(models.Model):
    """Users whom rules may make responsible."""

    _inherit = "res.users"

    def _crm_trigger_there(self, company):
        """Return those of these users who may be made responsible: active, internal, and allowed in the company.
        The single check for all kinds of steps and add-ons.

        :param company: ``res.company`` of the record, else of the rule; if empty, any company
        """
        return self.filtered(
            lambda user: user.active and not user.share and (not company or company in user.company_ids)
        )
