from odoo import models


class ResUsers(models.Model):
    """Who may be made responsible by rules."""

    _inherit = "res.users"

    def _crm_trigger_there(self, company):
        """Return those of these users who may be made responsible: who have not left, are colleagues, and work in
        the company. The one place that is asked by every kind of step, and by every add-on.

        :param company: ``res.company`` of the record, else of the rule; if it is empty, any will do
        """
        return self.filtered(
            lambda user: user.active and not user.share and (not company or company in user.company_ids)
        )
