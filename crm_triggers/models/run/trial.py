from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states


class CrmTriggerRun(models.Model):
    """Runs of a rule in test: they do not count once the rule is live.

    While the rule is in test they count, so that the log shows what would and would not be done.
    """

    _inherit = "crm.trigger.run"

    trial = fields.Boolean("In test", readonly=True, help="The rule was in test when it started: nothing was done.")

    @api.model
    def _end_trials(self, rules):
        """Stop the test runs of these rules, and release their keys: nothing was done."""
        over = ("occurrence", "=like", "trial %")
        trials = self.search([("rule_id", "in", rules.ids), ("trial", "=", True), "!", over])
        trials.filtered(lambda run: run.state == states.RUNNING)._stop(states.STOP_RULE)
        if trials:
            self.env.cr.execute(
                SQL("UPDATE crm_trigger_run SET occurrence = 'trial ' || id WHERE id IN %s", trials._ids)
            )
            trials.invalidate_recordset(["occurrence"], flush=False)


class CrmTriggerRule(models.Model):
    """Which runs of a rule count: all while in test, otherwise only those not started in test."""

    _inherit = "crm.trigger.rule"

    def _activate(self, state):
        """Test runs must not become real when their time comes; steps planned before the test continue."""
        tried = self if state == states.LIVE else self.filtered(lambda rule: rule.state == states.TEST)
        result = super()._activate(state)
        self.env["crm.trigger.run"].sudo()._end_trials(tried)  # only the system writes the log
        return result

    def _get_counting_domain(self):
        return [] if self.state == states.TEST else [("trial", "=", False)]

    def _sql_counts(self, *, live=False):
        """Return the same as an SQL condition on runs (``run``).

        :param live: evaluate as if the rule were live, even in test
        """
        return SQL("run.trial IS NOT TRUE") if live or self.state != states.TEST else SQL("TRUE")
