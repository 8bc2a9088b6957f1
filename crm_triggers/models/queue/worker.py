from math import inf
from time import monotonic

from odoo import api, fields, models

from ...engine import states
from ...engine.retry import MAX_INTERRUPTIONS, next_try_at
from ..acting import Acting, acting
from ..each_language import Worded, in_each_language
from ..isolation import isolated, trace, undoable
from ..stopping import is_stopping
from .claim import BATCH
from .guards import Later
from .loop import Loop

PART_SECONDS = 0.5  # batch size of steps not rolled back when the server stops: what takes no longer than this
FIRST_PART = 10  # initial size, while a process has no measure
APART_SECONDS = 30.0  # for finding the failing records of a batch; a worker has two minutes
RESULT = {"result_model", "result_id"}  # fields written by a step that created something
NOTED = RESULT | {"sent_to"}  # and the recipient

# Batch size of a step, by database and id, as measured by this process.
_PARTS: dict[tuple[str, int], int] = {}


class CrmTriggerExecution(models.Model):
    """The worker: checks claimed executions again, acts in batches of one step, and marks them in the same
    transaction.
    """

    _inherit = "crm.trigger.execution"

    @api.model
    def _work(self, run_ids=None, seconds=inf):
        """Run due executions until none is left or time is up, committing each batch.

        :param run_ids: only these runs and the ones they start; else all
        :param float seconds: time limit, after which the worker is scheduled for the rest
        """
        Loop(self.browse(), run_ids, seconds).run()

    def _carry_out_by_step(self, interruptions=0):
        """Run these executions, except those at which workers were interrupted too often.

        :return: the ids of the runs that other rules started
        """
        if interruptions >= MAX_INTERRUPTIONS:
            self._give_up_interrupted(interruptions)
            return []
        started_ids = []
        for (rule, step), group in self.grouped(lambda e: (e.rule_id, e.step_id)).items():
            started_ids += group._carry_out(rule, step)
        self._meet_stops()
        return started_ids

    def _meet_stops(self):
        """Raise a conflict if these runs were stopped since the claim, or their rule or records paused: then the
        batch is rolled back and checked again, and a stopped run keeps no planned step.

        The lock is released immediately, otherwise a stop that comes now would skip these runs. It does not wait
        for a transaction that is changing a rule.
        """
        going_on = self.run_id.filtered(lambda run: run.state == states.RUNNING)
        if self.rule_id:
            with self.env.cr.savepoint() as savepoint:
                query = "SELECT FROM crm_trigger_rule WHERE id IN %s FOR SHARE SKIP LOCKED"
                self.env.cr.execute(query, [self.rule_id._ids])
                if going_on:
                    self.env.cr.execute("SELECT FROM crm_trigger_run WHERE id IN %s FOR SHARE", [going_on._ids])
                savepoint.rollback()

    def _carry_out(self, rule, step):
        """Act on the records of these executions of one step, then plan what follows."""
        cr, to_act = self.env.cr, self.browse()
        with isolated(cr.savepoint(), f"Rule {rule.id}: looking again", self._fail):
            to_act = self._look_again(rule, step)
        by_record = {(line.res_model, line.res_id): line.id for line in to_act}
        recent = to_act.run_id._get_recent_depths()
        depths = {line.id: recent[line.run_id.id] for line in to_act}
        with acting(cr, Acting(rule.id, depths, by_record), self._refuse_rollback) as doing:
            to_act._act_in_parts(step, monotonic() + APART_SECONDS)
        self._pass_contacts_on()
        ended = self.filtered(lambda line: line.state in states.ENDED and line.run_id.state == states.RUNNING)
        with isolated(cr.savepoint(), f"Rule {rule.id}: planning after step {step.id}", ended._stop_unplannable):
            ended.run_id._plan(rule, after=step)
        loops = self.env["crm.trigger.run"].browse(doing.looping_run_ids)
        with isolated(cr.savepoint(), f"Rule {rule.id}: telling of rules in a circle"):
            loops.exists()._tell_of_loop()
        return doing.started_run_ids

    def _act_in_parts(self, step, deadline):
        """Act on all at once. Steps that cannot be rolled back, because of external effects, act on as many as are
        fast: on shutdown the server waits for the current part, and the rest stays due.

        :param float deadline: as of :meth:`_act_apart`
        """
        left, size, key = self, len(self), (self.env.cr.dbname, step.id)
        in_parts = step._may_have_reached_others()
        if in_parts:
            size = _PARTS.get(key, FIRST_PART)
        while left and not is_stopping():
            begun_at = monotonic()
            left[:size]._act_apart(step, deadline)
            left, seconds = left[size:], monotonic() - begun_at
            if in_parts:
                size = int(size * min(10, PART_SECONDS / max(seconds, 0.001)))
                size = _PARTS[key] = min(max(size, 1), BATCH)

    def _act_apart(self, step, deadline):
        """Act on all at once; on failure on each half, down to the failing record, so that only that one fails.
        What was not tried alone when the time is up is postponed by a minute, so that others are done first; the
        current one is found nevertheless.

        :param float deadline: as of ``monotonic``
        """
        failed = []
        with isolated(undoable(self.env.cr), f"Step {step.id} on {self}", failed.append):
            self._act(step)
        if failed and len(self) > 1:
            first, rest = self[: len(self) // 2], self[len(self) // 2 :]
            first._act_apart(step, deadline)
            if monotonic() < deadline:
                rest._act_apart(step, deadline)
            else:
                rest._hold(Later(fields.Datetime.now()))
        elif failed:
            self._fail(failed[0])

    def _act(self, step):
        """Run the step on these executions' records and write the results."""
        if not self:
            return
        outcomes = step._act(self)
        done = {
            **dict.fromkeys(("error", "traceback", "skip_reason", "done_part"), False),  # of a previous try
            "state": states.DONE,
            "done_at": fields.Datetime.now(),
        }
        self.write(done)
        for execution, outcome in outcomes.items():
            if RESULT <= outcome.keys() <= NOTED:  # for hundreds, single writes take longer than the step
                for fname, value in outcome.items():
                    self._fields[fname]._update_cache(execution, value, dirty=True)
            else:
                execution.write(outcome)

    def _stop_unplannable(self, error):
        """End the runs whose next step cannot be scheduled, for instance with a delay past the year 9999.

        What was done remains: only the error is noted.
        """
        texts = self._conceal(self[:1]._explain(error))
        self._write_in_each_language("error", texts)
        self.run_id._stop(states.STOP_ERROR)
        self.rule_id._tell_of_failure(texts)

    def _fail(self, error):
        """Log a failure and when to retry; after the last try the run stops."""
        for attempts, executions in self.grouped("attempts").items():
            texts = executions[:1]._explain(error)
            texts = texts if len(executions) == 1 else executions._conceal(texts)  # records of several users
            executions.write({"attempts": attempts + 1, "traceback": trace(error)})
            executions._write_in_each_language("error", texts)
            retry_at = next_try_at(attempts + 1, fields.Datetime.now())
            if retry_at:
                executions.write({"scheduled_at": retry_at})
            else:
                executions._give_up(texts)

    def _give_up_interrupted(self, interruptions):
        """End executions that killed their worker each time; what they did before that is unknown."""
        self._give_up(
            in_each_language(
                self,
                lambda told: told.env._("The worker was interrupted %s times while doing this step.", interruptions),
            )
        )

    def _give_up(self, texts):
        """End these executions and their runs with an error, and notify the owners of their rules.

        :param dict texts: the error, by language
        """
        self.write({"state": states.ERROR, "done_at": fields.Datetime.now()})
        self._write_in_each_language("error", texts)
        self.run_id._stop(states.STOP_ERROR)
        self.rule_id._tell_of_failure(self._conceal(texts))

    def _refuse_rollback(self):
        raise Worded.of(
            self,
            lambda told: told.env._(
                "A step cannot roll back, because other records share its transaction. Raise an error "
                "instead: what it did for this record is undone."
            ),
        )
