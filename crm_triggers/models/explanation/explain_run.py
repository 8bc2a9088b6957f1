from odoo import models

from ...engine import states
from ...engine.schedule import AHEAD

PACE = {"once", "rest", "limit"}  # guards that do not apply to a run in progress


class CrmTriggerRule(models.Model):
    """What became of a record's run: in progress, ended, or stopped and resumed."""

    _inherit = "crm.trigger.rule"

    def _is_going_on(self, run):
        """Return whether a date's run is in progress, or will resume with its remaining steps: frequency limits do
        not apply.
        """
        if not self._get_date_field() or not (run.state == states.RUNNING or run._is_left()):
            return False
        return run.state == states.RUNNING or bool(run.sudo()._get_progress()[0])

    def _tell_run(self, run, date):
        """Return what became of a run whose record meets all conditions, as of :meth:`_get_verdict`; None if the
        date explains more.

        :param date: the date part of the explanation
        """
        if run.state != states.STOPPED:
            return {"ok": True, "verdict": self._tell_going_on(run)}
        if not date:
            return {"ok": True, "verdict": self._tell_stopped(run)}
        if run._is_left() and date["verdict"] != AHEAD:
            soon = self._is_taken_up_by_clock(run)
            when = (
                self.env._("It resumes within minutes, with “%s”.", self._get_next_name(run))
                if soon
                else self.env._(
                    "It resumes with “%s” when the record stops matching and matches again, or when you "
                    "deactivate and reactivate the rule and include the record.",
                    self._get_next_name(run),
                )
            )
            return {"ok": soon, "verdict": f"{self._tell_stopped(run)} {when}"}
        if run._is_left() or run.stop_reason == states.STOP_LATE:
            return None
        return {"ok": False, "verdict": self._tell_stopped(run)}

    def _tell_late(self, run):
        """Return that a step of a run is late, as of :meth:`_get_verdict`; None if no step is."""
        late = run.execution_ids._filter_late()[:1]
        if not late:
            return None
        verdict = self.env._(
            "It ran on %(started)s, but “%(step)s” is late: it was due on %(when)s.",
            started=self._tell(run.started_at),
            step=late.step_name,
            when=self._tell(late.scheduled_at),
        )
        why = [one.tell() for one in self._get_standstills_of(self._get_standstills())]
        return {"ok": False, "verdict": " ".join([verdict, *why])}

    def _tell_going_on(self, run):
        planned = run.execution_ids.filtered(lambda line: line.state == states.SCHEDULED)[:1]
        if not run.resumed_at or not planned:
            return self.env._("It ran on %s.", self._tell(run.started_at))
        return self.env._(
            "It was stopped on %(stopped)s and resumed on %(resumed)s. Next: “%(step)s”, on %(when)s.",
            stopped=self._tell(run.stopped_at),
            resumed=self._tell(run.resumed_at),
            step=planned.step_name,
            when=self._tell(planned.scheduled_at),
        )

    def _tell_stopped(self, run):
        why = run._get_label("stop_reason", run.stop_reason)
        return self.env._(
            "It was stopped on %(when)s: %(why)s.", when=self._tell(run.stopped_at or run.started_at), why=why
        )

    def _tell_waiting(self, run):
        """Return the step with which a stopped run resumes, as a sentence to append; empty for other runs."""
        if not self._get_date_field() or not run._is_left():
            return ""
        goes_on = self.env._("It resumes with “%s” when the record matches again.", self._get_next_name(run))
        return f" {self._tell_stopped(run)} {goes_on}"

    def _get_next_name(self, run):
        """Return the name of the step with which a run resumes, read as superuser: users who can read a run may see
        its steps.
        """
        step, _ended = run.sudo().execution_ids._get_point(self.sudo())
        return step.name or ""

    def _is_taken_up_by_clock(self, run):
        """Return whether the scheduled action searches for the record of this run, as in ``_sql_was_left``."""
        began = max(run.started_at, run.resumed_at or run.started_at)
        return run.stop_reason in states.AWAY and bool(run.stopped_at) and began >= self.sudo().activated_at
