from odoo import api, models

from .crm_trigger_rule import TIDYING, Happened


class MailActivity(models.Model):
    """Planned, done and cancelled activities are events on their record (K12, K58)."""

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        self.env["crm.trigger.rule"]._note_happened(
            "activity_planned", activities._crm_trigger_happened("activity_planned")
        )
        return activities

    def unlink(self):
        """A done activity cannot be cancelled any more; and deletions as a side effect do not count."""
        happened = self._crm_trigger_happened("activity_cancelled")
        result = super().unlink()
        self.env["crm.trigger.rule"]._note_happened("activity_cancelled", happened)
        return result

    @api.autovacuum
    def _gc_delete_old_overdue_activities(self):
        """Deletions by age are not cancellations."""
        return super(MailActivity, self.with_context(**{TIDYING: True}))._gc_delete_old_overdue_activities()

    def _action_done(self, feedback=False, attachment_ids=None):
        happened = self._crm_trigger_happened("activity_done", feedback or "")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        self.env["crm.trigger.rule"]._note_happened("activity_done", happened)
        return result

    def _crm_trigger_happened(self, happening, words=None):
        """Return the events on the records of these activities, if a rule waits for them.

        :param str words: the feedback; without it, the summary
        """

        def tell(model_names):
            return [
                Happened(
                    activity.res_model,
                    activity.res_id,
                    activity.id,
                    activity.activity_type_id.id,
                    (activity.summary or "") if words is None else words,
                    user_id=activity.user_id.id,
                )
                for activity in self.sudo().filtered(
                    lambda activity: activity.active and activity.res_model in model_names
                )
            ]

        return self.env["crm.trigger.rule"]._get_happened(happening, tell)
