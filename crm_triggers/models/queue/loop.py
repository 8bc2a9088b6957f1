"""The worker's loop: batch after batch, each with a commit of its own."""

from contextlib import nullcontext
from time import monotonic

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..isolation import isolated
from .claim import MAX_CONFLICTS


class Loop:
    """Carrying out what is due until none is left or time is up, and what is known on the way.

    :param executions: empty ``crm.trigger.execution``, on a cursor that may commit
    :param run_ids: only these runs and the ones they start; else all
    :param float seconds: after how long to leave the rest to the worker
    """

    def __init__(self, executions, run_ids, seconds):
        self.executions, self.run_ids = executions, run_ids
        self.cron, self.attempts = executions.env["ir.cron"], executions.env["crm.trigger.attempt"]
        self.deadline = monotonic() + seconds
        self.conflicts = 0  # batches that another transaction undid
        self.interruptions = 0  # how often workers were interrupted at the batch at hand
        self.begun = executions.browse()  # what is noted as being tried
        self.quick_ids = set()  # the steps of which the next batch may be a bigger one

    def run(self):
        while executions := self.executions._claim(self.run_ids, self.quick_ids):
            if not self._try(executions) or monotonic() > self.deadline:
                self._leave_the_rest()
                break
        self._end()

    def _try(self, executions):
        """Carry out a batch, or undo it where another transaction was in the way.

        :return: whether there is time left
        """
        try:
            return self._carry_out(executions)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Nothing of this batch happened; whoever we met has committed by now.
            self.executions.env.cr.rollback()
            self.conflicts += 1
            return self.conflicts < MAX_CONFLICTS

    def _carry_out(self, executions):
        begun_at = monotonic()
        executions = self._begin(executions)
        started_ids = executions._carry_out_by_step(self.interruptions)
        executions._refresh_screens()
        executions._time_batch(monotonic() - begun_at, self.quick_ids)  # the commit empties the cache
        time_left = self.cron._commit_progress(len(executions))
        if self.run_ids is not None:
            self.run_ids = [*self.run_ids, *started_ids]
        return time_left

    def _begin(self, executions):
        """Note what is tried now; return it. An interrupted drain is not repeated, the worker comes."""
        if self.run_ids is None:
            executions, self.interruptions = self.attempts._begin(executions, ended=self.begun)
            self.begun = executions
        return executions

    def _leave_the_rest(self):
        self.executions.env["crm.trigger.run"]._wake_worker()
        self.cron._commit_progress()

    def _end(self):
        """Note that nothing is being tried any more; another worker may be at some of it already, and
        note that just now."""
        if self.begun:
            with isolated(nullcontext(), "Forgetting attempts", lambda error: None, pass_on=()):
                self.attempts._begin(self.begun.browse(), ended=self.begun)
