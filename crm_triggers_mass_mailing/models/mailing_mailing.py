from odoo import fields, models
from odoo.addons.crm_triggers.models.step_kinds.mail.mail_mail import BY_RULE


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    crm_trigger_action_id = fields.Many2one(
        "ir.actions.server",
        "Made by",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The step of a rule that made this copy for a mailing list.",
    )

    crm_trigger_mailing_id = fields.Many2one(
        "mailing.mailing",
        "Copy of",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The mailing that a rule copied for a mailing list.",
    )
    crm_trigger_copy_ids = fields.One2many("mailing.mailing", "crm_trigger_mailing_id", "Copies of rules")

    def action_send_mail(self, res_ids=None):
        """Mark mailings that a rule sends to a whole list as automatic."""
        ours = self.filtered("crm_trigger_action_id")
        if not ours:
            return super().action_send_mail(res_ids=res_ids)
        if others := self - ours:
            super(MailingMailing, others).action_send_mail(res_ids=res_ids)
        return super(MailingMailing, ours.with_context(**{BY_RULE: True})).action_send_mail(res_ids=res_ids)
