from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...engine import states
from ..each_language import name_error
from ..isolation import CLOCK_SECONDS, WAIT_SECONDS, bounded, in_turn, isolated
from ..stopping import is_stopping, until_stopped

SWEEP_BATCH = 500  # due records started per transaction


class CrmTriggerRule(models.Model):
    """The clock: has each rule search for what is due, in the current data instead of changes."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _cron_sweep(self):
        """Check the rules, then start what is due and what no hook saw; an error of one rule does not affect the
        others, nor does one that uses up all the time: the next run continues after it.
        """
        if is_stopping():
            return self._leave_to_next_clock()
        self._check_health()
        self._follow_standstill()
        with in_turn(self.env.cr, "Queueing mails again"):
            self.env["mail.mail"]._crm_trigger_queue_again()
        self.env["ir.cron"]._commit_progress()
        rules = self.search([("state", "in", states.ACTIVE), ("activated_at", "!=", False)])
        turns = self.env["crm.trigger.turn"]
        sweeps = turns._sort(rules._get_sweeps())
        for index, (name, rule, sweep) in enumerate(sweeps):
            if not is_stopping():
                turns._begin(name)
                if not rule._sweep_out(sweep, remaining=len(sweeps) - index):
                    return None
            if is_stopping():
                return self._leave_to_next_clock()
        self.env["ir.cron"]._commit_progress(remaining=0)
        return None

    def _leave_to_next_clock(self):
        """Stop immediately, and schedule the clock for when a server runs again: Odoo would repeat a job that
        reports remaining work.
        """
        self.env["crm.trigger.run"]._wake_clock()
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _sweep_out(self, sweep, remaining):
        """Run one check batch after batch, each in a separate transaction.

        :param sweep: check of this rule, or of none; takes a maximum, and returns how many records it found
        :param int remaining: how many checks remain, including this one
        :return: whether there is time left
        """
        while True:
            started = 0
            # After a conflict with another transaction the next check gets a fresh snapshot.
            what = f"Sweep of {self or 'new records'}"
            with (
                isolated(self.env.cr.savepoint(), what, self._tell_of_sweep, pass_on=(), loud=True),
                until_stopped(self.env.cr),
                bounded(self.env.cr, CLOCK_SECONDS, WAIT_SECONDS),
            ):
                started = sweep(SWEEP_BATCH)
            if not self.env["ir.cron"]._commit_progress(started, remaining=remaining):
                return False
            if not started or is_stopping():
                return True

    def _tell_of_sweep(self, error):
        """Notify the owner of this rule, if it is a rule's check, that it failed."""
        if self and not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            with in_turn(self.env.cr, f"Rule {self.id}: telling its owner"):
                self._see_to(name_error(self.env, error), swept=True)
