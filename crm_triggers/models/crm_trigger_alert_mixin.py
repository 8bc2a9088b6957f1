from odoo import SUPERUSER_ID, models

from ..engine import states
from ..engine.retry import FAILURES_TO_PAUSE, keeps_failing


class CrmTriggerAlertMixin(models.AbstractModel):
    """Telling the owner of a rule that it fails: once, not once per record."""

    _name = "crm.trigger.alert.mixin"
    _description = "Alert of Trigger Rules"

    def _tell_of_failure(self, error):
        """Pause the rules that keep failing, and leave their owners one activity each.

        :param str error: what went wrong last, in words
        """
        for rule in self:
            paused = keeps_failing(rule._get_last_states())
            if paused:
                rule.action_pause()
            alert = rule.activity_ids.filtered("automated")
            if not alert:
                rule.activity_schedule("mail.mail_activity_data_todo", **rule._prepare_alert_values(error))
            elif paused:
                alert.write(rule._prepare_alert_values(error))

    def _get_last_states(self):
        """Return how the latest executions of this rule ended, done or in error."""
        domain = [("rule_id", "=", self.id), ("state", "in", (states.DONE, states.ERROR))]
        last = self.env["crm.trigger.execution"].search(domain, order="done_at desc, id desc", limit=FAILURES_TO_PAUSE)
        return last.mapped("state")

    def _prepare_alert_values(self, error):
        """Return the values of the owner's activity, in his language."""
        owner = self.user_id.filtered("active") or self.env["res.users"].browse(SUPERUSER_ID)
        env = self.with_context(lang=owner.lang).env
        paused = self.state == states.PAUSED
        return {
            "summary": env._("This rule keeps failing and was paused") if paused else env._("Steps of this rule fail"),
            "note": env._("See its executions in error. The last one says: %s", error),
            "user_id": owner.id,
            "automated": True,
        }
