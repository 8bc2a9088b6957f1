"""The worker's loop: batch after batch, each with a commit of its own."""

from collections import Counter
from contextlib import nullcontext
from time import monotonic

from psycopg2.errors import LockNotAvailable

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...engine import states
from ..isolation import OutOfTime, isolated, limited
from ..stopping import is_stopping, until_stopped
from .claim import MAX_CONFLICTS
from .tally import get_tally

QUICK_TRIES = 3  # of a batch that another transaction undid, before others have their turn
WAITING_TRIES = 2  # of one that waited for others in vain: before they have their turn, and after it
LOST_SECONDS = 10.0  # in such batches, after which a worker stops looking for what is in the way
SLOW_SECONDS = 3.0  # a batch that took longer lets others have their turn, too


class Loop:
    """Carrying out what is due until none is left or time is up, and what is known on the way.

    With ``run_ids`` somebody waits who saved: all of it ends with the time, and what is not done is the
    worker's. A worker goes on with other steps where one is slow or in conflict with others, and comes
    back to it when nothing else is due; the next worker as well, for both are noted.

    :param executions: empty ``crm.trigger.execution``, on a cursor that may commit
    :param run_ids: only these runs and the ones they start; else all
    :param float seconds: after how long to leave the rest to the worker
    """

    def __init__(self, executions, run_ids, seconds):
        self.executions, self.run_ids, self.seconds = executions, run_ids, seconds
        self.cron, self.attempts = executions.env["ir.cron"], executions.env["crm.trigger.attempt"]
        self.turns = executions.env["crm.trigger.turn"]
        self.deadline = monotonic() + seconds
        self.tries = Counter()  # by step: how often in a row other transactions undid its batch
        self.lost = 0.0  # seconds in such batches
        self.interruptions = 0  # how often workers were interrupted at the batch at hand
        self.begun = executions.browse()  # what is noted as being tried
        self.current = executions.browse()  # the batch at hand …
        self.step = executions.step_id  # … and its step
        self.quick_ids = set()  # the steps of which the next batch may be a bigger one
        self.aside_ids = set()  # the steps that come after all others

    @property
    def is_drain(self):
        """Whether somebody waits."""
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
        """Begin with other steps than those that were slow or in conflict, or took a worker down."""
        self.aside_ids = self.turns._get_aside() | self.attempts._get_step_ids()
        self.executions.env.cr.commit()  # a claim comes right after a commit

    def _go_on(self):
        """Carry out batch after batch; return whether nothing is left that is due."""
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
        """Claim what is due of steps that are not put aside; if there is nothing else, of those as well."""
        executions = self.executions._claim(self.run_ids, self.quick_ids, self.aside_ids)
        if executions or not self.aside_ids:
            return executions
        self.aside_ids = set()
        self.turns._forget_aside()
        self.executions.env.cr.commit()
        return self.executions._claim(self.run_ids, self.quick_ids)

    def _try(self, executions):
        """Carry out a batch, or undo it where another transaction was in the way.

        :return: whether there is time left
        """
        begun_at, self.current = monotonic(), self.executions.browse()
        self.step = self.executions.step_id
        try:
            return self._carry_out(executions, begun_at)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            # Nothing of this batch happened.
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
        if not self.interruptions:  # else it was under suspicion, and what is in the way is still to be found
            self.tries.pop(self.step.id, None)
        self._see_how_long(monotonic() - begun_at)
        return time_left

    def _may_be_undone(self):
        """Tell whether the batch at hand may be cut short when the server stops, to be done after it starts again:
        not code and calls of an administrator's, which may have reached others; of who saved, time is short anyway."""
        return not self.is_drain and not self.step._may_have_reached_others()

    def _see_how_long(self, seconds):
        """Let others have their turn after a batch that took long; the next worker as well, should there be
        no time left. What held up who saved, and nothing could cut short, is the worker's from now on."""
        if self.is_drain:
            if seconds > 2 * self.seconds and self.step:
                self.executions._leave_to_worker(self.step.id)
        elif seconds > SLOW_SECONDS:
            self.aside_ids.add(self.step.id)
            self.turns._put_aside(self.step)

    def _meet_conflict(self, error):
        """Decide what becomes of a batch that was undone because of others.

        Whoever we met may have committed by now: it is tried again at once a few times, unless it waited
        already. Then others have their turn, and it is tried in ever smaller parts, as what was interrupted;
        what meets others alone has failed like a step that raises an error. Who saved does not wait for that.

        :return: whether there is time left
        """
        self.tries[self.step.id] += 1
        tries, waited = self.tries[self.step.id], isinstance(error, LockNotAvailable)
        if self.is_drain:
            return not waited and tries < QUICK_TRIES
        if not self.current:  # another worker was noting just now what it tries, and that is nobody's fault
            return tries < MAX_CONFLICTS
        if len(self.current) == 1 and tries >= (WAITING_TRIES if waited else QUICK_TRIES):
            self._fail(self.current, error)
        elif waited or tries >= QUICK_TRIES:
            self.begun = self.begun.browse()  # what is noted stays noted: only parts of it will be tried
            self.aside_ids.add(self.step.id)
        return self.lost < LOST_SECONDS and self.cron._commit_progress()

    def _fail(self, execution, error):
        """Count a try in vain of an execution that was undone, unless somebody is at it meanwhile."""
        cr = self.executions.env.cr
        with isolated(nullcontext(), f"Noting a conflict of {execution}", lambda _error: cr.rollback(), pass_on=()):
            query = "SELECT FROM crm_trigger_execution WHERE id = %s AND state = %s FOR NO KEY UPDATE SKIP LOCKED"
            cr.execute(query, [execution.id, states.SCHEDULED], log_exceptions=False)
            if is_there := cr.rowcount:
                execution._fail(error)
            self.cron._commit_progress(is_there)

    def _begin(self, executions):
        """Note what is tried now; return it. An interrupted drain is not repeated, the worker comes."""
        if not self.is_drain:
            executions, self.interruptions = self.attempts._begin(executions, ended=self.begun)
            self.begun = executions
        return executions

    def _leave_the_rest(self):
        """Have the worker come back at once; where others are in the way for too long, with time."""
        if self.lost < LOST_SECONDS:
            self.executions.env["crm.trigger.run"]._wake_worker()
        self.cron._commit_progress()

    def _end(self):
        """Note that nothing is being tried any more; another worker may be at some of it already, and
        note that just now."""
        if self.begun:
            with isolated(nullcontext(), "Forgetting attempts", lambda error: None, pass_on=()):
                self.attempts._begin(self.begun.browse(), ended=self.begun)
