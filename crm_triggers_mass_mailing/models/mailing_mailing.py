from odoo import fields, models


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
