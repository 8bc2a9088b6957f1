"""What one transaction did to the records of one model, and the results, rule by rule."""

from contextlib import nullcontext

from odoo import fields

from ...engine import decision, states
from ...engine.domain import may_match
from ..acting import acting_on
from ..capture.base import CREATED
from ..isolation import bounded

# Read along with the columns: names that no column has.
IS_PAUSED, IS_RUNNING, EDITION = "is-paused", "is-running", "edition-of-rules"


class OneModel:
    """The records of one model that a transaction touched, read once for all rules.

    ``now``: the raw values of those that still exist; ``created``, ``gone``: ids;
    ``changed``: the old raw values that really changed, by id;
    ``running``: the runs in progress of those that changed or are gone, by rule id;
    ``edition``: of the rules that this transaction sees, None if no record is left to read it with.

    :param rules: empty ``crm.trigger.rule``, with sudo
    :param dict changes: ``{id: {field: old raw value} | CREATED}``
    """

    def __init__(self, rules, model_name, watch, changes):
        self.rules, self.model_name, self.watch = rules, model_name, watch
        self.now = rules._read_watched(model_name, watch, changes)
        self.edition = next((row[EDITION] for row in self.now.values()), None)
        self.created = {res_id for res_id, old in changes.items() if old is CREATED and res_id in self.now}
        self.changed = decision.net_changes(_keep_watched(changes, watch), self.now)
        self.gone = changes.keys() - self.now.keys()
        going_on = self.gone | {res_id for res_id in self.changed if self.now[res_id][IS_RUNNING]}
        self.running = rules._get_running(model_name, going_on)

    def settle(self):
        """Record new records, and stop the runs of deleted ones."""
        if self.created and self.watch.new_above_id is not None:
            self.rules.env["crm.trigger.heard"]._note(self.model_name, self.created)
            self.rules._note_looked_at(self.watch, self.created)
        runs = self.rules.env["crm.trigger.run"].union(*self.running.values())
        runs.filtered(lambda run: run.res_id in self.gone)._stop(states.STOP_GONE)

    def get_concerned(self):
        """Yield a :class:`OneRule` for each rule that these records may start or stop."""
        for watcher in self.watch.concerned(self.now.values(), self.running.keys()):
            one = OneRule(self, watcher)
            if one.candidates or watcher.rule_id in self.running or (watcher.swept and one.touched):
                yield one  # for all others no record can start to match, no run is in progress, none was seen


class OneRule:
    """The result for one rule: stops runs, finds out which records would start one, and starts them.

    ``touched``: ids of records that changed in watched fields; ``new``: of those created since activation;
    ``candidates``: of both, those that may meet its conditions.
    """

    def __init__(self, model, watcher):
        self.model, self.watcher, self.rule = model, watcher, model.rules.browse(watcher.rule_id)
        self.touched = {res_id for res_id, old in model.changed.items() if watcher.fields & old.keys()}
        self.new = {res_id for res_id in model.created if res_id > watcher.above_id}
        self.candidates = [i for i in self.touched | self.new if may_match(watcher.pins, model.now[i])]
        self.after, self.before, self.ready = set(), set(), set()
        self.starting = None  # result of would_start(), once known

    def look(self):
        """Find out which records meet the conditions now (``after``) and did ``before`` the change, and which met
        the conditions on the earlier state (``ready``); stop runs. A slow condition is cancelled.
        """
        runs = self.model.running[self.rule.id].filtered(lambda run: run.res_id in self.touched)
        columns_settle_it = self.watcher.tree is not None and not self.rule.filter_pre_domain
        quick = columns_settle_it and not (runs and self.rule.stop_domain)
        with nullcontext() if quick else bounded(self.rule.env.cr):
            self.after = self.rule._get_matching(self.watcher, self.candidates, self.model.now)
            self.stop(runs)
            old = {res_id: self.model.changed[res_id] for res_id in self.after & self.touched}
            self.before, self.ready = self.rule._get_past(self.watcher, old, self.model.now)
        if self.watcher.swept:
            self.before = self.after - self.rule._note_seen(self.touched, self.after)

    def stop(self, runs):
        """Stop those of these runs that must not continue."""
        reached = self.rule._search_stopped(runs.mapped("res_id")) if runs else ()
        by_reason = runs.grouped(lambda run: self._get_stop_reason(run, reached))
        by_reason.pop(None, None)
        for reason, stopping in by_reason.items():
            stopping._stop(reason)

    def _get_stop_reason(self, run, reached):
        date = self._get_date(run.res_id)
        return decision.stop_reason(
            matches=run.res_id in self.after,
            keep_matching=self.rule.keep_matching,
            reached_stop=run.res_id in reached,
            moved=self.rule._has_moved(run, self.rule._date_text(date)),
        )

    def would_start(self):
        """Return the ids of the records for which a run starts; without side effects.

        :return: two sets: those to act on, and those whose date was too long ago
        """
        acting = acting_on(self.rule.env.cr)
        if acting and acting.rule_id == self.rule.id and not self.rule.hear_own:
            return set(), set()
        due, late = self._sort_due()
        change = decision.Change(
            created=self.new, before=self.before, after=self.after, due=due | late, dated=self._get_dated()
        )
        starting = decision.starting(self.watcher.get_traits(), change)
        starting = starting & self.ready if self.rule.filter_pre_domain else starting
        if not self.watcher.date_field:
            late, history = self.rule._judge_born(starting & self.new)
            starting = starting - history
        return starting - late, starting & late

    def _sort_due(self):
        if not self.watcher.date_field:
            return set(), set()
        return self.rule._sort_due({i: self._get_date(i) for i in self.after}, fields.Datetime.now())

    def _get_dated(self):
        """Return the ids of the records whose date was set."""
        fname = self.watcher.date_field
        changed = {i for i in self.after & self.touched if fname in self.model.changed[i]}
        return changed | (self.new if fname else set())

    def _get_date(self, res_id):
        return self.model.now[res_id][self.watcher.date_field] if self.watcher.date_field else None

    def get_missed_keys(self):
        """Return ``{record id: [key of the event]}`` of the records that could not enter; for a date, its text. If
        it is not known which start, all with a date are included.
        """
        missed = set(self.candidates) if self.starting is None else self.starting[0] | self.starting[1]
        texts = {res_id: self.rule._date_text(self._get_date(res_id)) for res_id in missed}
        usual = None if self.starting is None else self.rule._get_usual_key()
        return {res_id: [text or usual] for res_id, text in texts.items() if text or usual}

    def enter(self, due, late):
        """Start runs for these records, as of :meth:`would_start`; return them."""
        dates = {res_id: self._get_date(res_id) for res_id in due | late}
        paused = {res_id for res_id in dates if self.model.now[res_id][IS_PAUSED]}
        started = self.rule._enter(dict.fromkeys(due), dates, paused=paused)
        return started | self.rule._enter(dict.fromkeys(late), dates, late=True, paused=paused)


def _keep_watched(changes, watch):
    """Return the old values of existing records in watched fields: more may have been captured, by the rules known
    at that time.
    """
    looked_at = watch.columns | watch.relations
    return {
        res_id: {name: value for name, value in values.items() if name in looked_at}
        for res_id, values in changes.items()
        if values is not CREATED
    }
