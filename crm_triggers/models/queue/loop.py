"""The worker's loop: batch after batch, each committed separately."""

from collections import Counter
from contextlib import nullcontext
from time import monotonic

from psycopg2.errors import LockNotAvailable

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...engine import states
from ..isolation import OutOfTime, isolated, limited
from ..stopping import is_stopping, until_stopped
from .claim import MAX_CONFLICTS, WORKER_LOCK_TIMEOUT
from .tally import get_tally

QUICK_TRIES = 3  # retries of a batch undone by another transaction, before others are done first
WAITING_TRIES = 2  # of a batch that waited for a lock: before others are done first, and after it
LOST_SECONDS = 10.0  # in such batches, after which a worker stops searching for the conflict
SLOW_SECONDS = 3.0  # a batch that took longer lets others be done first


class Loop:
    """Runs what is due until nothing is left or time is up, and keeps what it learns on the way.

    With ``run_ids`` a user's save waits: the loop ends at the time limit and leaves the rest to the worker. A
    worker continues with other steps where one is slow or in conflict, and returns to it when nothing else is due;
    so does the next worker, as both are recorded.

    :param executions: empty ``crm.trigger.execution``, on a cursor that may commit
    :param run_ids: only these runs and the ones they start; else all
    :param float seconds: time limit, after which the rest is left to the worker
    """

    def __init__(self, executions, run_ids, seconds):
        self.executions, self.run_ids, self.seconds = executions, run_ids, seconds
        self.cron, self.attempts = executions.env["ir.cron"], executions.env["crm.trigger.attempt"]
        self.turns = executions.env["crm.trigger.turn"]
        self.deadline = monotonic() + seconds
        self.tries = Counter()  # by step: consecutive batches undone by other transactions
        self.lost = 0.0  # seconds in such batches
        self.interruptions = 0  # how often workers were interrupted at the current batch
        self.begun = executions.browse()  # recorded as being tried
        self.current = executions.browse()  # the current batch …
        self.step = executions.step_id  # … and its step
        self.quick_ids = set()  # the steps whose next batch may be bigger
        self.aside_ids = set()  # the steps to do after all others

    @property
    def is_drain(self):
        """Whether a user's save waits."""
        return self.run_ids is not None

    def run(self):
        if not self.is_drain:
            self._remember_aside()
        with limited(self.executions.env.cr, self.deadline) if self.is_drain else nullcontext():
            all_done = self._go_on()
        if not all_done or (self.is_drain and self.executions._has_undrained(self.run_ids)):
            self._leave_the_rest()
        self._end()

    def _remember_aside(self):
        """Start with other steps than those that were slow, in conflict, or interrupted a worker."""
        self.aside_ids = self.turns._get_aside() | self.attempts._get_step_ids()
        self.executions.env.cr.commit()  # a claim needs a new snapshot

    def _go_on(self):
        """Run batch after batch; return whether nothing due is left."""
        try:
            while not is_stopping():
                executions = self._claim()
                if not executions:
                    return True
                if not self._try(executions) or monotonic() > self.deadline:
                    return False
        except OutOfTime:
            self.executions.env.cr.rollback()
        return False

    def _claim(self):
        """Claim due executions of steps that are not put aside; of those too if there is nothing else."""
        executions = self.executions._claim(self.run_ids, self.quick_ids, self.aside_ids)
        if executions or not self.aside_ids:
            return executions
        self.aside_ids = set()
        self.turns._forget_aside()
        self.executions.env.cr.commit()
        return self.executions._claim(self.run_ids, self.quick_ids)

    def _try(self, executions):
        """Run a batch, or roll it back on a conflict with another transaction.

        :return: whether there is time left
        """
        begun_at, self.current = monotonic(), self.executions.browse()
        self.step = self.executions.step_id
        try:
            return self._carry_out(executions, begun_at)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            # The whole batch is rolled back.
            self.executions.env.cr.rollback()
            if is_stopping():
                return False
            self.lost += monotonic() - begun_at
            if self.is_drain:
                self._see_how_long(monotonic() - begun_at)
            return self._meet_conflict(error)

    def _carry_out(self, executions, begun_at):
        self.step = executions.step_id[:1]
        self.current = executions = self._begin(executions)
        with until_stopped(self.executions.env.cr) if self._may_be_undone() else nullcontext():
            started_ids = executions._carry_out_by_step(self.interruptions)
        executions._refresh_screens()
        executions._time_batch(monotonic() - begun_at, self.quick_ids)  # the commit empties the cache
        time_left = self.cron._commit_progress(len(executions))
        get_tally(self.executions.env.cr.dbname).note(len(executions), monotonic() - begun_at)
        if self.is_drain:
            self.run_ids = [*self.run_ids, *started_ids]
        if not self.interruptions:  # else the batch was under suspicion, and the conflict is still to be found
            self.tries.pop(self.step.id, None)
        self._see_how_long(monotonic() - begun_at)
        return time_left

    def _may_be_undone(self):
        """Return whether the current batch may be interrupted when the server stops, and redone after the restart:
        no code or webhook of an administrator, which may have had external effects. A drain's time limit is short
        anyway.
        """
        return not self.is_drain and not self.step._may_have_reached_others()

    def _see_how_long(self, seconds):
        """Do other steps first after a slow batch; the next worker too, if no time is left. A step that held up a
        save and could not be interrupted is left to the worker from now on.
        """
        if self.is_drain:
            if seconds > 2 * self.seconds and self.step:
                self.executions._leave_to_worker(self.step.id)
        elif seconds > SLOW_SECONDS:
            self.aside_ids.add(self.step.id)
            self.turns._put_aside(self.step)

    def _meet_conflict(self, error):
        """Decide what to do with a batch that was rolled back because of other transactions.

        The other transaction may have committed by now: the batch is retried immediately a few times, unless it
        already waited. Then other steps are done first, and it is retried in ever smaller parts, like an
        interrupted one. A single execution that still conflicts has failed like a step that raises an error. A
        user's save does not wait for this.

        :return: whether there is time left
        """
        self.tries[self.step.id] += 1
        tries, waited = self.tries[self.step.id], isinstance(error, LockNotAvailable)
        if self.is_drain:
            return not waited and tries < QUICK_TRIES
        if not self.current:  # another worker was recording its attempts, which is not a failure
            return tries < MAX_CONFLICTS
        if len(self.current) == 1 and tries >= (WAITING_TRIES if waited else QUICK_TRIES):
            self._fail(self.current, error)
        elif waited or tries >= QUICK_TRIES:
            self.begun = self.begun.browse()  # the attempts stay recorded: only parts are retried
            self.aside_ids.add(self.step.id)
        return self.lost < LOST_SECONDS and self.cron._commit_progress()

    def _fail(self, execution, error):
        """Count a failed try of an execution that was rolled back, unless a worker is processing it."""
        cr = self.executions.env.cr
        with isolated(nullcontext(), f"Noting a conflict of {execution}", lambda _error: cr.rollback(), pass_on=()):
            query = (
                "SET LOCAL lock_timeout = %s;"
                " SELECT FROM crm_trigger_execution WHERE id = %s AND state = %s FOR NO KEY UPDATE SKIP LOCKED"
            )
            cr.execute(query, [WORKER_LOCK_TIMEOUT, execution.id, states.SCHEDULED], log_exceptions=False)
            if is_there := cr.rowcount:
                execution._fail(error)
            self.cron._commit_progress(is_there)

    def _begin(self, executions):
        """Record and return what is tried now. An interrupted drain is not repeated: the worker is scheduled."""
        if not self.is_drain:
            executions, self.interruptions = self.attempts._begin(executions, ended=self.begun)
            self.begun = executions
        return executions

    def _leave_the_rest(self):
        """Schedule the worker immediately, or with a delay if conflicts have lasted too long."""
        if self.lost < LOST_SECONDS:
            self.executions.env["crm.trigger.run"]._wake_worker()
        self.cron._commit_progress()

    def _end(self):
        """Delete the attempts; another worker may be recording its own at some of them."""
        if self.begun:
            with isolated(nullcontext(), "Forgetting attempts", lambda error: None, pass_on=()):
                self.attempts._begin(self.begun.browse(), ended=self.begun)
