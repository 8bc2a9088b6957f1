from odoo import models

from .crm_trigger_rule import TIDYING


class ResUsers(models.Model):
    """The activities of a user who leaves are deleted: that is no cancellation, and no customer must be informed."""

    _inherit = "res.users"

    def action_archive(self):
        return super(ResUsers, self.with_context(**{TIDYING: True})).action_archive()

    def write(self, vals):
        leaving = vals.get("active") is False
        return super(ResUsers, self.with_context(**{TIDYING: True}) if leaving else self).write(vals)

    def unlink(self):
        return super(ResUsers, self.with_context(**{TIDYING: True})).unlink()
