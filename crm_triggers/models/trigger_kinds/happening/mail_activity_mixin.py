from odoo import models

from .crm_trigger_rule import TIDYING


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def activity_unlink(self, act_type_xmlids, user_id=None, only_automated=True):
        """Activities planned and withdrawn by Odoo itself are not cancelled by a user."""
        quietly = super(MailActivityMixin, self.with_context(**{TIDYING: True}))
        return quietly.activity_unlink(act_type_xmlids, user_id=user_id, only_automated=only_automated)
