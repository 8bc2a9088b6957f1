from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...engine import states
from ..isolation import bounded, describe, isolated

SWEEP_BATCH = 500  # due records started per transaction
SWEEP_SECONDS = 60.0  # one query of the clock: half of what Odoo leaves a scheduled action


class CrmTriggerRule(models.Model):
    """The clock: has each rule look for what is due, by looking at what is, not at what changed."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _cron_sweep(self):
        """Look after the rules, then start what is due and what no hook saw; one rule's fault
        leaves the others be."""
        self._check_health()
        self._settle_standstill()
        self._tell_of_standstill()
        with isolated(self.env.cr.savepoint(), "Queueing mails again", pass_on=()):
            self.env["mail.mail"]._crm_trigger_queue_again()
        self.env["ir.cron"]._commit_progress()
        rules = self.search([("state", "in", states.ACTIVE), ("activated_at", "!=", False)])
        sweeps = rules._get_sweeps()
        for index, (rule, sweep) in enumerate(sweeps):
            remaining = len(sweeps) - index
            while True:
                started = 0
                # After a conflict with another transaction the next pass looks afresh.
                with (
                    isolated(
                        self.env.cr.savepoint(),
                        f"Sweep of {rule or 'new records'}",
                        rule._tell_of_sweep,
                        pass_on=(),
                        loud=True,
                    ),
                    bounded(self.env.cr, SWEEP_SECONDS),
                ):
                    started = sweep(SWEEP_BATCH)
                if not self.env["ir.cron"]._commit_progress(started, remaining=remaining):
                    return
                if not started:
                    break
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _tell_of_sweep(self, error):
        """Tell the owner of this rule, if it is one's, that the clock could not look."""
        if self and not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            with isolated(self.env.cr.savepoint(), f"Rule {self.id}: telling its owner", pass_on=()):
                self._see_to(describe(error), swept=True)
