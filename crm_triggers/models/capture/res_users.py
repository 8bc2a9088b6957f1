from odoo import api, models


class ResUsers(models.Model):
    """Users: the company of a rule's owner is cached, and so is who is a colleague."""

    _name = "res.users"
    _inherit = ["res.users", "crm.trigger.known.mixin"]
    _crm_trigger_known = frozenset({"active", "company_id", "partner_id", "share"})

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        if not all(users.mapped("share")):
            self.env["crm.trigger.rule"]._clear_rules()
        return users

    def unlink(self):
        """The contact of a deleted user is no longer a colleague."""
        result = super().unlink()
        self.env["crm.trigger.rule"]._clear_rules()
        return result
