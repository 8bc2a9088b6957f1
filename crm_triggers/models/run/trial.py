from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states


class CrmTriggerRun(models.Model):
    """What a rule in test only tried out: it takes nothing away from the rule that is live.

    While the rule is in test its trials count, so that it shows what would be done, and what would not.
    """

    _inherit = "crm.trigger.run"

    trial = fields.Boolean("In test", readonly=True, help="The rule was in test when it started: nothing was done.")

    @api.model
    def _end_trials(self, rules):
        """Stop what these rules are trying out, and free the keys of all they have tried: it happened to no one."""
        over = ("occurrence", "=like", "trial %")
        trials = self.search([("rule_id", "in", rules.ids), ("trial", "=", True), "!", over])
        trials.filtered(lambda run: run.state == states.RUNNING)._stop(states.STOP_RULE)
        if trials:
            self.env.cr.execute(
                SQL("UPDATE crm_trigger_run SET occurrence = 'trial ' || id WHERE id IN %s", trials._ids)
            )
            trials.invalidate_recordset(["occurrence"], flush=False)


class CrmTriggerRule(models.Model):
    """Which runs of a rule count: in test all, else only those that were no trial."""

    _inherit = "crm.trigger.rule"

    def _activate(self, state):
        """What was only tried out must not be done for real when its time comes; what was planned before goes on."""
        tried = self if state == states.LIVE else self.filtered(lambda rule: rule.state == states.TEST)
        result = super()._activate(state)
        self.env["crm.trigger.run"].sudo()._end_trials(tried)  # the log is the system's
        return result

    def _get_counting_domain(self):
        return [] if self.state == states.TEST else [("trial", "=", False)]

    def _sql_counts(self, *, live=False):
        """Return the same as a condition on runs (``run``).

        :param live: ask as of the rule switched on, also while it is tried out
        """
        return SQL("run.trial IS NOT TRUE") if live or self.state != states.TEST else SQL("TRUE")
