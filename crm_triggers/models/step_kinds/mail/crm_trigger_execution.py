from odoo import api, fields, models


class CrmTriggerExecution(models.Model):
    """The email of an earlier step that was sent instead of the step's own."""

    _inherit = "crm.trigger.execution"

    sent_step_id = fields.Many2one(
        "crm.trigger.step",
        "Email of",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The earlier step of the rule whose email was sent here, because it had not been sent on time.",
    )
    sent_step_name = fields.Char(
        "Email of the step", compute="_compute_sent_step_name", help="The step whose email was sent instead."
    )

    @api.depends("sent_step_id.name")
    @api.depends_context("lang")
    def _compute_sent_step_name(self):
        """Step names are read as superuser: users who can read this line may see what was sent."""
        for line in self:
            line.sent_step_name = line.sudo().sent_step_id.name

    def _tell(self):
        told = super()._tell()
        for line in self.filtered("sent_step_name"):
            text = self.env._("With the email “%s”, which had not been sent", line.sent_step_name)
            told[line.id]["reason"] = told[line.id]["reason"] or text
        return told
