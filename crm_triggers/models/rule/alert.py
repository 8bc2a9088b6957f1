from markupsafe import Markup

from odoo import SUPERUSER_ID, models

from ...engine import states
from ...engine.retry import FAILURES_TO_PAUSE, keeps_failing
from ..each_language import pick
from ..isolation import in_turn


class CrmTriggerRule(models.Model):
    """Notifies the owner of a failing rule: once, not once per record."""

    _inherit = "crm.trigger.rule"

    def _tell_of_failure(self, error):
        """Pause the rules that keep failing, and create one activity for each of their owners.

        :param dict error: the last error, by language
        """
        for rule in self:
            paused = keeps_failing(rule._get_last_states()) and rule._pause_unless_held()
            # The failures stay logged even if the activity cannot be created, or its owner is changing it.
            with in_turn(self.env.cr, f"Rule {rule.id}: telling its owner"):
                rule._alert(
                    lambda env, paused=paused: (
                        env._("This rule keeps failing and was paused") if paused else env._("Steps of this rule fail")
                    ),
                    lambda env: env._("See its executions in error. Last error: %s", pick(error, env.lang)),
                    renew=paused,
                )

    def _pause_unless_held(self):
        """Pause this rule, unless a user is changing it at this moment: the next failure pauses it.

        :return: whether it is paused
        """
        with in_turn(self.env.cr, f"Rule {self.id}: pausing it"):
            self.action_pause()
            return True
        return False

    def _pause_for(self, problem):
        """Pause a rule that cannot work, and notify its owner.

        :param str problem: the problem and how to fix it, as text
        """
        self.action_pause()
        self._alert(lambda env: env._("This rule cannot work and was paused"), lambda _env: problem, renew=True)

    def _get_last_states(self):
        """Return the states of the latest executions of this rule, done or in error."""
        domain = [("rule_id", "=", self.id), ("state", "in", (states.DONE, states.ERROR))]
        last = self.env["crm.trigger.execution"].search(domain, order="done_at desc, id desc", limit=FAILURES_TO_PAUSE)
        return last.mapped("state")

    def _alert(self, summary, text, *, renew=False):
        """Create one activity for the owner, in their language, unless there is one already.

        :param summary: function of an environment, returns the title
        :param text: function of an environment, returns the description
        :param bool renew: the new problem is worse: replace the text of the existing activity
        """
        self.ensure_one()
        alert, owner = self._get_alert(), self._get_alerted()
        env = self.with_context(lang=owner.lang).env
        values = {
            "summary": summary(env),
            "note": Markup("<p>%s</p>") % text(env),  # an error may contain markup
            "user_id": owner.id,
            "automated": True,
        }
        if not alert:
            self.activity_schedule("mail.mail_activity_data_todo", **values)
        elif renew:
            alert.write(values)

    def _get_alert(self):
        """Return the rule's open activity of this kind; one about a pause does not hide a failure."""
        return self.activity_ids.filtered("automated") - self._search_told_of_standstill()

    def _get_alerted(self):
        """Return the user to notify: the owner, else a manager of the rule's company if there is one."""
        if owner := self.user_id.filtered("active"):
            return owner
        managers = self.env.ref("crm_triggers.crm_triggers_group_manager").all_user_ids.filtered("active")
        managers = managers.sorted(lambda user: (self.company_id not in user.company_ids, user.id))
        return managers[:1] or self.env["res.users"].browse(SUPERUSER_ID)
