"""What rules should do, as simply as possible: the model that the engine is compared with."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
STEPS = 2  # the second one a day after the first
TOO_LATE = timedelta(days=7)
TRIAL_REST = timedelta(hours=1)  # after which what was planned before the test mode is checked again
STATES = {"activate": "live", "test": "test", "pause": "paused", "draft": "draft", "archive": "draft"}
# Why a run stopped early. After one of the first three, it may come back to its date.
LEFT, OFF, PAUSED, STOPPED, LATE = "left", "off", "paused", "stopped", "late"


class Lead(NamedTuple):
    stage: str
    day: date | None = None
    active: bool = True
    hot: bool = False  # the "stop when" condition of all rules


@dataclass
class Rule:
    """``since``: when it was activated; ``trying``: it is in test, or was when it was paused."""

    stage: str = "Offer"
    state: str = "draft"
    once: bool = False
    since: datetime | None = None
    archived: bool = False
    trying: bool = False

    @property
    def hears(self):
        return self.state in ("live", "test")


@dataclass
class Run:
    """A lead in a rule. ``due``: when its next ``step`` is due; None once it ended, with the reason in ``why``.
    ``ended``: when the previous step ended; ``resumed``: since when it continues, if it stopped and came back.
    """

    kind: str
    lead_id: int
    occurrence: str | None
    day: date | None
    trial: bool
    started: datetime
    due: datetime | None = None
    step: int = 1
    ended: datetime | None = None
    resumed: datetime | None = None
    why: str | None = None
    noted: bool = False  # it never planned anything

    def tell(self):
        """Return a step and its object in the format of the log."""
        return self.kind, self.lead_id, str(self.day or ""), self.started, self.step


class Expected:
    """``leads``: id -> :class:`Lead`; ``before``: the same at the last commit; ``paused``: ids; ``rules``: of the
    kinds ``match``, ``create`` and ``date``; ``fired``, ``tried``: what was done live, and in test.
    """

    def __init__(self):
        self.leads, self.before, self.paused = {}, {}, set()
        self.rules, self.runs = {kind: Rule() for kind in ("match", "create", "date")}, []
        self.fired, self.tried = [], []

    # A transaction, evaluated as a whole

    def commit(self, now, moment):
        for run in self.runs:
            if run.due and run.lead_id not in self.leads:
                self.end(run, STOPPED)
        for kind, rule in self.rules.items():
            for lead_id, lead in self.leads.items() if rule.hears else ():
                old = self.before.get(lead_id)
                if not old or self.looked_at(kind, old) != self.looked_at(kind, lead):
                    self.stop_running(kind, lead_id)
                    self.begin(kind, lead_id, old, now, moment)
        self.before = dict(self.leads)

    def looked_at(self, kind, lead):
        return lead if kind == "date" else lead._replace(day=None)

    def begin(self, kind, lead_id, old, now, moment):
        lead = self.leads[lead_id]
        began = self.matches(kind, lead) and not self.matches(kind, old)
        if kind == "date":
            dated = self.matches(kind, lead) and (not old or old.day != lead.day)
            if (began or dated) and lead.day and self.due_at(lead.day) <= now:
                self.reach(lead_id, lead.day, now)
        elif began and (kind == "match" or not old) and lead_id not in self.paused:
            self.start(kind, lead_id, moment, None, now)

    def matches(self, kind, lead):
        return bool(lead) and lead.active and lead.stage == self.rules[kind].stage

    def start(self, kind, lead_id, moment, day, now, started=None):
        """Let a lead enter a rule, unless it did so for this very event.

        :return: its run, None if it did
        """
        occurrence = "once" if self.rules[kind].once else moment
        if any(run.occurrence == occurrence for run in self.get_runs(kind, lead_id)):
            return None
        trial = self.rules[kind].trying
        self.runs.append(Run(kind, lead_id, occurrence, day, trial, started or now, due=now))
        return self.runs[-1]

    def note(self, lead_id, day, why, now):
        trial = self.rules["date"].trying
        self.runs.append(Run("date", lead_id, str(day), day, trial, now, why=why, noted=True))

    def get_runs(self, kind, lead_id):
        """Return the runs of a lead in a rule; for a live rule, without test runs."""
        trying = self.rules[kind].trying
        own = [run for run in self.runs if (run.kind, run.lead_id) == (kind, lead_id)]
        return [run for run in own if trying or not run.trial]

    # A date, and coming back to it

    def reach(self, lead_id, day, now, chosen=False):
        """A date has come: start, or resume the stopped run.

        :param chosen: a manager chose it: nothing is too late
        """
        known = self.get_run_of_date(lead_id, day)
        if known and known.why not in (LEFT, OFF, PAUSED):
            return
        too_late = not chosen and self.is_late(self.due_at(day), day, now)
        if lead_id in self.paused:
            if known:
                known.why = PAUSED
            else:
                self.note(lead_id, day, PAUSED, now)
        elif known and known.step > 1:
            self.resume(known, now, chosen)
        elif too_late and (not known or known.noted):
            self.give_back(known)
            self.note(lead_id, day, LATE, now)
        else:
            self.give_back(known)
            run = self.start("date", lead_id, str(day), day, now, started=known.started if too_late else now)
            if run and too_late:
                self.go_on(run, now)

    def get_run_of_date(self, lead_id, day):
        return next((run for run in reversed(self.get_runs("date", lead_id)) if run.day == day), None)

    def give_back(self, run):
        if run:
            run.occurrence = None

    def resume(self, run, now, chosen):
        """Resume a run that did something; under "once" only the one that has the key."""
        if self.rules["date"].once:
            if self.has_used_once(run.kind, run.lead_id, besides=run):
                return
            run.occurrence = "once"
        run.resumed = now
        self.go_on(run, now, chosen)

    def has_used_once(self, kind, lead_id, besides=None):
        runs = self.get_runs(kind, lead_id) if self.rules[kind].once else ()
        return any(run.occurrence == "once" and run is not besides for run in runs)

    def go_on(self, run, now, chosen=False):
        """Plan the next step as if the run had never stopped, skipping those that are too late now."""
        moment = self.next_day(run.ended) if run.ended else run.started
        run.due, run.why = None, LATE
        while run.step <= STEPS and not run.due:
            if not chosen and self.is_late(moment, run.day, now):
                run.step, run.ended, moment = run.step + 1, moment, self.next_day(moment)
            else:
                run.due, run.why = max(moment, now), None

    def is_late(self, moment, day, now):
        return max(moment, self.at(day, 8)) < now - TOO_LATE

    # The clock and the worker

    def sweep(self, now):
        rule = self.rules["date"]
        for lead_id, lead in self.leads.items() if rule.hears else ():
            there = self.matches("date", lead) and lead.day and lead_id not in self.paused
            if there and self.is_for_clock(lead_id, now):
                self.reach(lead_id, lead.day, now)

    def is_for_clock(self, lead_id, now):
        """Return whether the clock searches for a lead: its date was due, or it left, since the activation."""
        rule, day = self.rules["date"], self.leads[lead_id].day
        known = self.get_run_of_date(lead_id, day)
        if self.has_used_once("date", lead_id, besides=known):
            return False
        if known:
            return known.why in (LEFT, PAUSED) and (known.resumed or known.started) >= rule.since
        return self.at_midnight(rule.since) <= self.due_at(day) <= now

    def work(self, now):
        for run in self.runs:
            rule = self.rules[run.kind]
            while rule.hears and run.due and run.due <= now and run.lead_id not in self.paused:
                if why := self.why_stop(run):
                    self.end(run, why)
                    break
                if rule.trying and not run.trial:
                    run.due = now + TRIAL_REST
                    break
                (self.tried if run.trial else self.fired).append(run.tell())
                run.step, run.ended = run.step + 1, now
                run.due = self.next_day(now) if run.step <= STEPS else None

    def get_planned(self):
        return [(*run.tell(), run.due) for run in self.runs if run.due]

    def why_stop(self, run):
        """Return why a run must stop, None if it may continue."""
        lead = self.leads.get(run.lead_id)
        if not lead or lead.hot:
            return STOPPED
        moved = run.day not in (None, lead.day)
        return LEFT if moved or not self.matches(run.kind, lead) else None

    def stop_running(self, kind, lead_id):
        for run in self.runs:
            if (run.kind, run.lead_id) == (kind, lead_id) and run.due and (why := self.why_stop(run)):
                self.end(run, why)

    def end(self, run, why):
        run.due, run.why = None, why
        if why in (LEFT, OFF) and run.step == 1 and run.occurrence == "once":
            self.give_back(run)  # nothing was done: it may still happen once

    # Managers

    def press(self, kind, button, now):
        rule = self.rules[kind]
        anew = rule.state in ("draft", "test") or rule.trying
        if button in ("activate", "test") and anew:
            rule.since = now
        if button in ("draft", "archive", "activate"):
            self.close(kind, only_trials=button == "activate")
        rule.archived = button == "archive"
        rule.state = STATES.get(button, rule.state)
        rule.trying = rule.state == "test" or (rule.state == "paused" and rule.trying)

    def close(self, kind, only_trials):
        for run in self.runs:
            if run.kind == kind and run.due and (run.trial or not only_trials):
                self.end(run, OFF)

    def switch_on_with(self, kind, now, moment):
        """Activate a rule, and include the existing matches."""
        existing = [lead_id for lead_id in self.leads if self.is_existing(kind, lead_id, now)]
        self.press(kind, "activate", now)
        for lead_id in existing:
            if kind == "date":
                self.reach(lead_id, self.leads[lead_id].day, now, chosen=True)
            elif lead_id not in self.paused:
                self.start(kind, lead_id, moment, None, now)

    def is_existing(self, kind, lead_id, now):
        """Return whether a lead would be in a rule, had it been active, and is not."""
        lead, runs = self.leads[lead_id], self.get_runs(kind, lead_id)
        if kind == "create" or not self.matches(kind, lead):
            return False
        if kind == "match":
            return not self.has_used_once(kind, lead_id) and not any(run.due or run.step > 1 for run in runs)
        if not lead.day or self.due_at(lead.day) > now:
            return False
        known = self.get_run_of_date(lead_id, lead.day)
        if self.has_used_once(kind, lead_id, besides=known):
            return False
        if known:
            return known.why in (LEFT, OFF, PAUSED)
        return self.due_at(lead.day) < self.at_midnight(now)  # what is due today is left to the clock

    # Time, in Paris

    def at(self, day, hour):
        return datetime.combine(day, time(hour), tzinfo=PARIS).astimezone(timezone.utc).replace(tzinfo=None)

    def at_midnight(self, moment):
        return self.at(moment.replace(tzinfo=timezone.utc).astimezone(PARIS).date(), 0)

    def due_at(self, day):
        return self.at(day - timedelta(days=3), 8)

    def next_day(self, moment):
        clock = moment.replace(tzinfo=timezone.utc).astimezone(PARIS) + timedelta(days=1)
        return clock.astimezone(timezone.utc).replace(tzinfo=None)
