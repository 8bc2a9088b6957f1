from collections import defaultdict
from contextlib import nullcontext
from functools import partial

from odoo import fields, models
from odoo.tools import SQL

from ...engine import decision, states
from ...engine.domain import may_match
from ..capture.base import AUTHOR, CREATED, HEARD
from ..isolation import acting_on, bounded, isolated, undoable

PAUSED, RUNNING = "is-paused", "is-running"  # what is read along with the columns: names that no column has


class RuleFault(Exception):
    """A rule that cannot be decided on, and why."""

    def __init__(self, rule_id, error):
        super().__init__(f"rule {rule_id}: {error}")
        self.rule_id, self.error = rule_id, error


class CrmTriggerRule(models.Model):
    """Deciding, once per transaction, on what the ear heard. It reads, and writes our own
    tables by SQL; a fault is logged and never reaches the person who saves."""

    _inherit = "crm.trigger.rule"

    def _decide_heard(self, data):
        """Decide on all that was heard since the last flush; called before the commit.

        :param dict data: the cursor's ``precommit.data``
        """
        heard = data.pop(HEARD)
        self = self.with_context(**{AUTHOR: data.get(AUTHOR)})
        started, faults = self.env["crm.trigger.run"], []
        with isolated(undoable(self.env.cr, flush=False), "Deciding in one go", faults.append):
            for model_name, records in heard.items():
                started |= self._decide(model_name, records)
            started._wake()
        if faults:
            self._decide_apart(heard, {fault.rule_id: fault.error for fault in faults if isinstance(fault, RuleFault)})

    def _decide_apart(self, heard, failed):
        """Decide rule by rule, so that the one that cannot hurts only itself.

        :param dict failed: ``{rule id: error}`` of those that have failed already
        """
        started = self.env["crm.trigger.run"]
        for model in (started, started.execution_ids):
            model.invalidate_model(flush=False)  # what was undone
        for model_name, records in heard.items():
            with isolated(self.env.cr.savepoint(flush=False), f"Deciding on {model_name}"):
                started |= self._decide(model_name, records, failed)
        started._wake()

    def _decide(self, model_name, heard, failed=None):
        """Start and stop runs for the records of one model.

        :param dict heard: ``{id: {field: old raw value} | CREATED}``
        :param dict failed: ``{rule id: error}`` of the rules that are not to be tried again; each of
            the others hurts only itself then. Without it the first fault ends it all.
        :return: the runs that started
        :raises RuleFault: a rule cannot be decided on, and ``failed`` was not given
        """
        started = self.env["crm.trigger.run"]
        watch = self._get_watch().get(model_name)
        if not heard or not watch:
            return started
        now = self._read_watched(model_name, watch, heard)
        created = {res_id for res_id, old in heard.items() if old is CREATED and res_id in now}
        if created and watch.new_above_id is not None:
            self.env["crm.trigger.heard"]._note(model_name, created)
        old = {res_id: values for res_id, values in heard.items() if values is not CREATED}
        changed = decision.net_changes(old, now)
        gone = heard.keys() - now.keys()
        running = self._get_running(model_name, gone | {i for i in changed if now[i][RUNNING]})
        self.env["crm.trigger.run"].union(*running.values()).filtered(lambda run: run.res_id in gone)._stop(
            states.STOP_GONE
        )
        for listener in watch.concerned(now.values(), running.keys()):
            touched = {i for i, values in changed.items() if listener.fields & values.keys()}
            new = {res_id for res_id in created if res_id > listener.above_id}
            candidates = [i for i in touched | new if may_match(listener.pins, now[i])]
            if not candidates and listener.rule_id not in running and not (listener.swept and touched):
                continue  # nobody can start to match, nothing runs that could stop, nothing was seen
            rule = self.browse(listener.rule_id)
            old_values = {res_id: changed[res_id] for res_id in touched}
            with rule._isolated_for(failed, created.intersection(candidates), touched.intersection(candidates)):
                if failed and rule.id in failed:
                    raise failed[rule.id]
                rule._recall()
                runs = running[rule.id].filtered(lambda run, touched=touched: run.res_id in touched)
                plain = listener.tree is not None and not rule.filter_pre_domain and not (runs and rule.stop_domain)
                with nullcontext() if plain else bounded(self.env.cr):
                    after = rule._get_matching(listener, candidates, now)
                    rule._stop_runs(listener, runs, after, now)
                    before, ready = rule._get_past(listener, old_values, after, now)
                started |= rule._start_runs(listener, new, old_values, after, before, ready, now)
        return started

    def _isolated_for(self, failed, created, touched):
        """Return the context to decide on this rule in, as of :meth:`_decide`."""
        what = f"Rule {self.id}: deciding"
        if failed is None:
            return isolated(nullcontext(), what, partial(_raise_fault, self.id))
        noting = partial(self._note_undecided, created, touched)
        return isolated(self.env.cr.savepoint(flush=False), what, noting, loud=True)

    def _read_watched(self, model_name, watch, heard):
        """Return ``{id: {field: value}}`` as it stands, for the records that still exist, and whether
        they are paused, and some rule is going on for them: one query, who saves waits for it."""
        model, pauses, runs = self.env[model_name], self.env["crm.trigger.pause"], self.env["crm.trigger.run"]
        pauses.flush_model(["res_model", "res_id"])
        runs.flush_model(["res_model", "res_id", "state"])
        res_id = SQL.identifier(model._table, "id")
        further = [
            SQL("%s AS %s", pauses._sql_is_paused(model_name, res_id), SQL.identifier(PAUSED)),
            SQL("%s AS %s", runs._sql_is_running(model_name, res_id), SQL.identifier(RUNNING)),
        ]
        rows = model._crm_trigger_read_columns(heard, sorted(watch.columns) or ["id"], further)
        now = {row["id"]: row for row in rows}
        for record in model.browse(i for i in now if heard[i] and watch.relations & heard[i].keys()):
            for fname in watch.relations & heard[record.id].keys():
                now[record.id][fname] = record[fname]._ids
        return now

    def _get_running(self, model_name, res_ids):
        """Return the running runs of these records by rule id; one query."""
        none = self.env["crm.trigger.run"]
        if not res_ids:
            return defaultdict(none.browse)
        where = SQL("res_model = %s AND res_id IN %s AND state = %s", model_name, tuple(res_ids), states.RUNNING)
        running = none._find(["rule_id", "res_id", "state"], where)
        return defaultdict(none.browse, running.grouped(lambda run: run.rule_id.id))

    def _stop_runs(self, listener, runs, after, now):
        if not runs:
            return
        reached = self._search_stopped(runs.mapped("res_id"))
        by_reason = runs.grouped(
            lambda run: decision.stop_reason(
                matches=run.res_id in after,
                keep_matching=self.keep_matching,
                reached_stop=run.res_id in reached,
                moved=self._has_moved(
                    run, self._date_text(now[run.res_id][listener.date_field]) if listener.date_field else None
                ),
            )
        )
        by_reason.pop(None, None)
        for reason, stopping in by_reason.items():
            stopping._stop(reason)

    def _start_runs(self, listener, created, old_values, after, before, ready, now):
        fresh = self._note_seen(old_values, after) if listener.swept else None
        acting = acting_on(self.env.cr)
        if acting and acting.rule_id == self.id and not self.hear_own:
            return self.env["crm.trigger.run"]
        due, late = set(), set()
        if listener.date_field:
            values = {res_id: now[res_id][listener.date_field] for res_id in after}
            due, late = self._sort_due(values, fields.Datetime.now())
        starting = decision.starting(
            listener.get_traits(),
            decision.Change(
                created=created,
                before=after - fresh if listener.swept else before,
                after=after,
                due=due | late,
                dated={i for i in after if listener.date_field in old_values.get(i, ())}
                | (created if listener.date_field else set()),
            ),
        )
        starting = starting & ready if self.filter_pre_domain else starting
        dates = {i: now[i][listener.date_field] if listener.date_field else None for i in starting}
        paused = {res_id for res_id in starting if now[res_id][PAUSED]}
        started = self._enter(dict.fromkeys(starting - late), dates, paused=paused)
        return started | self._enter(dict.fromkeys(starting & late), dates, late=True, paused=paused)

    def _note_seen(self, touched, after):
        """Tell the clock what was heard; return which records it had not seen matching yet."""
        seen = self.env["crm.trigger.seen"]
        seen._remove(self, touched.keys() - after)
        return seen._add(self, after)


def _raise_fault(rule_id, error):
    raise RuleFault(rule_id, error) from error
