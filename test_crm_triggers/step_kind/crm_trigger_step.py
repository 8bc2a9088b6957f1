from odoo import fields, models
from odoo.addons.crm_triggers.engine import states
from odoo.addons.crm_triggers.models.step.kinds import StepKind, declare, skipped

declare(
    "followers",
    StepKind(
        action={"state": "followers", "followers_type": "specific"},
        icon="fa-users",
        heading="tell",
        manager_fields=("partner_ids",),
        batch="light",
        minutes=1,
    ),
)


class CrmTriggerStep(models.Model):
    """The step that adds followers to the record."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("followers", "Add followers"), ("other",)], ondelete={"followers": "cascade"}
    )
    partner_ids = fields.Many2many(related="action_id.partner_ids", readonly=False)

    def _get_followers_phrase(self):
        return self.env._("add %s as followers", ", ".join(self.partner_ids.mapped("name")) or "…")

    def _get_followers_problem(self):
        return None if self.partner_ids else self.env._("choose the followers to add.")

    def _act_followers(self, executions):
        """Subscribe the chosen contacts to all records, in one batch."""
        chosen, records = self.partner_ids, self._get_records(executions)
        following = records.filtered(lambda record: chosen <= record.message_partner_ids)
        (records - following).message_subscribe(chosen.ids)
        already = executions.filtered(lambda line: line.res_id in following._ids)
        return dict.fromkeys(already, skipped(states.SKIP_ALREADY))
