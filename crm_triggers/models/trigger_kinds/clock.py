from functools import partial

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
        """Look after the rules, then start what is due and what nobody heard; one rule's fault
        leaves the others be."""
        self._check_health()
        with isolated(self.env.cr.savepoint(), "Queueing mails again", pass_on=()):
            self.env["mail.mail"]._crm_trigger_queue_again()
        self.env["ir.cron"]._commit_progress()
        sweeps = self._get_sweeps()
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

    @api.model
    def _get_sweeps(self):
        """Return what the clock looks at: ``[(rule, empty if it is no single one's, method)]``.

        A method takes how many records it may start, and returns how many it found.
        """
        rules = self.search([("state", "in", states.LISTENING), ("activated_at", "!=", False)])
        dated = rules.filtered(lambda rule: rule.trigger == "date")
        held = rules.filtered(lambda rule: (rule.trigger, rule.happening) == ("happening", "meeting_held"))
        models_heard = [name for name, watch in self._get_watch().items() if watch.new_above_id is not None]
        return [
            *((rule, rule._enter_backlog) for rule in rules.filtered("backlog_count")),
            *((rule, rule._sweep) for rule in dated),
            *((rule, rule._sweep_recurring) for rule in rules.filtered(lambda rule: rule.trigger == "recurring")),
            *((rule, rule._sweep_held) for rule in held),
            *((self.browse(), partial(self._sweep_created, name)) for name in models_heard),
            *((rule, rule._sweep_matching) for rule in rules.filtered(lambda rule: rule._is_swept())),
        ]
