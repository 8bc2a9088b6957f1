"""What rules should do, said as plainly as can be: the model that the engine is compared with."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


@dataclass
class Run:
    """A lead in a rule. ``due``: when ``step``, its next one, is to be done; None once it ended, ``why`` says how:
    ``left`` and ``off`` may come back to their date. ``ended``: when the step before was done."""

    kind: str
    lead_id: int
    occurrence: str | None
    date: date | None
    started: datetime
    due: datetime | None
    step: int = 1
    ended: datetime | None = None
    resumed: datetime | None = None
    why: str | None = None

    def tell(self):
        """Return what step of what this is, as the log has it."""
        return self.kind, self.lead_id, str(self.date or ""), self.started, self.step


class Expected:
    """What rules should do, said as plainly as can be: the model the engine is compared with.

    ``leads``: id -> ``(stage, date, active)``; ``rules``: ``match`` and ``date`` -> what they are.
    """

    def __init__(self):
        self.leads, self.before, self.runs, self.fired = {}, {}, [], []
        self.rules = {}

    def matches(self, kind, lead):
        return bool(lead) and lead[2] and lead[0] == self.rules[kind]["stage"]

    def commit(self, now, moment):
        for kind, each in self.rules.items():
            looked_at = (0, 2) if kind == "match" else (0, 1, 2)
            for lead_id, lead in self.leads.items() if each["state"] == "live" else ():
                old = self.before.get(lead_id)
                if old and [old[i] for i in looked_at] == [lead[i] for i in looked_at]:
                    continue
                for run in self.get_runs(kind, lead_id):
                    if run.due and not self.makes_sense(run):
                        self.end(run, "left")
                began = self.matches(kind, lead) and not self.matches(kind, old)
                if kind == "match" and began:
                    self.start(kind, lead_id, moment, None, now)
                dated = self.matches(kind, lead) and (not old or old[1] != lead[1])
                if kind == "date" and lead[1] and (began or dated) and self.due_at(lead[1]) <= now:
                    self.reach(lead_id, lead[1], now)
        self.before = dict(self.leads)

    def get_runs(self, kind, lead_id):
        return [run for run in self.runs if (run.kind, run.lead_id) == (kind, lead_id)]

    def makes_sense(self, run):
        lead = self.leads.get(run.lead_id)
        return self.matches(run.kind, lead) and run.date in (None, lead[1])

    def end(self, run, why):
        run.due, run.why = None, why
        if run.step == 1 and run.occurrence == "once":
            run.occurrence = None  # nothing was done: it may yet happen once

    def start(self, kind, lead_id, moment, date, now, started=None, why=None):
        once = self.rules[kind]["reentry"] == "once" and why is None
        occurrence = "once" if once else moment
        if any(run.occurrence == occurrence for run in self.get_runs(kind, lead_id)):
            return None
        self.runs.append(Run(kind, lead_id, occurrence, date, started or now, due=None if why else now, why=why))
        return self.runs[-1]

    # A date, and coming back to it (decision 029)

    def get_run_of(self, lead_id, date):
        return next((run for run in reversed(self.get_runs("date", lead_id)) if run.date == date), None)

    def reach(self, lead_id, date, now):
        known, late = self.get_run_of(lead_id, date), self.is_late(self.due_at(date), date, now)
        if known and known.why not in ("left", "off"):
            return
        if known and self.is_used_up(known):
            return
        if known and known.step > 1:
            known.resumed, known.why = now, None
            known.occurrence = "once" if self.rules["date"]["reentry"] == "once" else known.occurrence
            self.go_on(known, now)
            return
        if known:
            known.occurrence = None
        again = self.start(
            "date",
            lead_id,
            str(date),
            date,
            now,
            known and late and known.started,
            "late" if late and not known else None,
        )
        if again and known and late:
            self.go_on(again, now)

    def is_used_up(self, known):
        """Another run of the record is the one of a rule that fires once."""
        once = self.rules["date"]["reentry"] == "once"
        runs = self.get_runs("date", known.lead_id)
        return once and any(run.occurrence == "once" and run is not known for run in runs)

    def go_on(self, run, now):
        moment = self.next_day(run.ended) if run.ended else run.started
        while run.step < 3 and self.is_late(moment, run.date, now):
            run.step, moment = run.step + 1, self.next_day(moment)
        run.due, run.why = (max(moment, now), None) if run.step < 3 else (None, "late")

    def is_late(self, moment, date, now):
        return max(moment, self.at(date, 8)) < now - timedelta(days=7)

    def sweep(self, now):
        each = self.rules["date"]
        for lead_id, lead in self.leads.items() if each["state"] == "live" else ():
            if not self.matches("date", lead) or not lead[1] or self.due_at(lead[1]) > now:
                continue
            if known := self.get_run_of(lead_id, lead[1]):
                news = known.why == "left" and (known.resumed or known.started) >= each["since"]
            else:
                news = self.due_at(lead[1]) >= self.at(self.get_day(each["since"]), 0)
            if news:
                self.reach(lead_id, lead[1], now)

    def work(self, now):
        for run in self.runs:
            while self.rules[run.kind]["state"] == "live" and run.due and run.due <= now:
                if not self.makes_sense(run):
                    self.end(run, "left" if run.lead_id in self.leads else "gone")
                    break
                self.fired.append(run.tell())
                run.step, run.ended = run.step + 1, now
                run.due = self.next_day(now) if run.step < 3 else None

    def close(self, kind):
        for run in self.runs:
            if run.kind == kind and run.due:
                self.end(run, "off")

    def at(self, day, hour):
        return datetime.combine(day, time(hour), tzinfo=PARIS).astimezone(timezone.utc).replace(tzinfo=None)

    def get_day(self, moment):
        return moment.replace(tzinfo=timezone.utc).astimezone(PARIS).date()

    def due_at(self, date):
        return self.at(date - timedelta(days=3), 8)

    def next_day(self, now):
        clock = now.replace(tzinfo=timezone.utc).astimezone(PARIS) + timedelta(days=1)
        return clock.astimezone(timezone.utc).replace(tzinfo=None)
