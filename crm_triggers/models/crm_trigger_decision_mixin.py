from collections import defaultdict
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine import decision, states
from ..engine.domain import fold, may_match
from .base import AUTHOR, CREATED, HEARD
from .isolation import acting_on, bounded, isolated


class CrmTriggerDecisionMixin(models.AbstractModel):
    """Deciding, once per transaction, on what the ear heard. It reads, and writes our own
    tables by SQL; a fault is logged and never reaches the person who saves."""

    _name = "crm.trigger.decision.mixin"
    _description = "Decision of Trigger Rules"

    def _decide_heard(self, data):
        """Decide on all that was heard since the last flush; called before the commit.

        :param dict data: the cursor's ``precommit.data``
        """
        heard = data.pop(HEARD)
        self = self.with_context(**{AUTHOR: data.get(AUTHOR)})
        started = self.env["crm.trigger.run"]
        for model_name, records in heard.items():
            with isolated(self.env.cr.savepoint(flush=False), f"Deciding on {model_name}"):
                started |= self._decide(model_name, records)
        started._wake()

    def _decide(self, model_name, heard):
        """Start and stop runs for the records of one model.

        :param dict heard: ``{id: {field: old raw value} | CREATED}``
        :return: the runs that started
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
        running = self._get_running(model_name, changed.keys() | gone)
        self.env["crm.trigger.run"].union(*running.values()).filtered(lambda run: run.res_id in gone)._stop(
            states.STOP_GONE
        )
        for listener in watch.listeners:
            touched = {i for i, values in changed.items() if listener.fields & values.keys()}
            new = {res_id for res_id in created if res_id > listener.above_id}
            candidates = [i for i in touched | new if may_match(listener.pins, now[i])]
            if not candidates and listener.rule_id not in running and not (listener.swept and touched):
                continue  # nobody can start to match, nothing runs that could stop, nothing was seen
            rule = self.browse(listener.rule_id)
            noting = partial(rule._note_undecided, created.intersection(candidates), touched.intersection(candidates))
            with isolated(self.env.cr.savepoint(flush=False), f"Rule {rule.id}: deciding", noting, loud=True):
                old_values = {res_id: changed[res_id] for res_id in touched}
                with bounded(self.env.cr):
                    after = rule._search_matching(candidates)
                    rule._stop_runs(listener, running[rule.id], touched, after, now)
                started |= rule._start_runs(listener, new, old_values, after, now)
        return started

    def _read_watched(self, model_name, watch, heard):
        """Return ``{id: {field: value}}`` as it stands, for the records that still exist."""
        model = self.env[model_name]
        rows = model._crm_trigger_read_columns(heard, sorted(watch.columns) or ["id"])
        now = {row["id"]: row for row in rows}
        for record in model.browse(i for i in now if heard[i] and watch.relations & heard[i].keys()):
            for fname in watch.relations & heard[record.id].keys():
                now[record.id][fname] = record[fname]._ids
        return now

    def _get_running(self, model_name, res_ids):
        """Return the running runs of these records by rule id; one query."""
        running = defaultdict(self.env["crm.trigger.run"].browse)
        if res_ids:
            domain = [
                ("res_model", "=", model_name),
                ("res_id", "in", list(res_ids)),
                ("state", "=", states.RUNNING),
            ]
            for run in self.env["crm.trigger.run"].search(domain):
                running[run.rule_id.id] |= run
        return running

    def _stop_runs(self, listener, runs, touched, after, now):
        runs = runs.filtered(lambda run: run.res_id in touched)
        if not runs:
            return
        reached = self._search_stopped(runs.mapped("res_id"))
        by_reason = defaultdict(self.env["crm.trigger.run"].browse)
        for run in runs:
            by_reason[
                decision.stop_reason(
                    matches=run.res_id in after,
                    keep_matching=self.keep_matching,
                    reached_stop=run.res_id in reached,
                    moved=bool(listener.date_field)
                    and run.date_value != self._date_text(now[run.res_id][listener.date_field]),
                )
            ] |= run
        by_reason.pop(None, None)
        for reason, stopping in by_reason.items():
            stopping._stop(reason)

    def _search_stopped(self, res_ids):
        """Return which of the ids meet the "stop when" condition, as a set."""
        if not self.stop_domain or not res_ids:
            return set()
        domain = Domain("id", "in", list(res_ids)) & self._within_company(self._get_domain("stop_domain"))
        return set(self._get_model().search(domain, order="id")._ids)

    def _start_runs(self, listener, created, old_values, after, now):
        fresh = self._note_seen(old_values, after) if listener.swept else None
        acting = acting_on(self.env.cr)
        if acting and acting.rule_id == self.id and not self.hear_own:
            return self.env["crm.trigger.run"]
        known = {res_id: old_values[res_id] for res_id in after if res_id in old_values}
        with bounded(self.env.cr):
            before = set() if listener.swept else self._search_matching_before(self._get_conditions(), known)
            ready = self._search_matching_before(self._within_company(self._get_domain("filter_pre_domain")), known)
        due, late = set(), set()
        if listener.date_field:
            values = {res_id: now[res_id][listener.date_field] for res_id in after}
            due, late = self._sort_due(values, fields.Datetime.now())
        starting = decision.starting(
            self.trigger,
            decision.Change(
                created=created,
                before=after - fresh if listener.swept else before,
                after=after,
                due=due | late,
                dated={i for i, old in known.items() if listener.date_field in old}
                | (created if listener.date_field else set()),
            ),
        )
        starting = starting & ready if self.filter_pre_domain else starting
        dates = {i: now[i][listener.date_field] if listener.date_field else None for i in starting}
        started = self._enter(dict.fromkeys(starting - late), dates)
        return started | self._enter(dict.fromkeys(starting & late), dates, late=True)

    def _note_seen(self, touched, after):
        """Tell the clock what was heard; return which records it had not seen matching yet."""
        seen = self.env["crm.trigger.seen"]
        seen._remove(self, touched.keys() - after)
        return seen._add(self, after)

    def _search_matching_before(self, domain, old_values):
        """Return which records matched a domain with their old values, as a set.

        Conditions on changed fields are settled on the old value alone; what is left, if
        anything, is the same now as it was, and asked of the database: one query per distinct
        rest, however many the old values.
        """
        groups = defaultdict(list)
        for res_id, values in old_values.items():
            groups[tuple(sorted(values.items()))].append(res_id)
        matching, unsettled = set(), defaultdict(list)
        for items, res_ids in groups.items():
            values = dict(items)
            rest = fold(domain, lambda condition, values=values: self._held(condition, values))
            if isinstance(rest, list):
                unsettled[repr(rest)].append((rest, res_ids))
            elif rest:
                matching.update(res_ids)
        for found in unsettled.values():
            rest, ids = found[0][0], [res_id for _rest, res_ids in found for res_id in res_ids]
            matching.update(self._get_model().search(Domain("id", "in", ids) & Domain(rest))._ids)
        return matching

    def _held(self, condition, old_values):
        """Tell whether a condition held with the old values; None if none of them matters.

        A scratch record with that one value answers with Odoo's own semantics of operators.
        """
        fname = condition[0].split(".")[0]
        if fname not in old_values:
            return None
        return bool(self._get_model().new({fname: old_values[fname]}).filtered_domain([condition]))

    def enroll(self, records, key=None):
        """Put records into this rule's scenario, whatever its trigger.

        :param records: recordset of the rule's model, or list of ids (from the external API)
        :param key: what makes this entry unique per record; the same key never enters twice
        :return: the runs that started (recordset); records that are in already are left out
        :raises UserError: the rule is not live, or is made for another model
        """
        self.ensure_one()
        if self.state not in states.LISTENING:
            raise UserError(self.env._("“%s” is not live: activate it first.", self.name))
        if not isinstance(records, models.BaseModel):
            records = self.env[self.model_name].browse(records)
        if records._name != self.model_name:
            raise UserError(
                self.env._(
                    "“%(rule)s” is made for %(expected)s, not for %(given)s.",
                    rule=self.name,
                    expected=self.model_id.name,
                    given=self.env["ir.model"]._get(records._name).name,
                )
            )
        records.check_access("write")
        rule_sudo = self.sudo().with_context(**{AUTHOR: self.env.uid})  # runs are written by the system alone
        entering = rule_sudo._search_matching(records.ids) - rule_sudo._search_running(records.ids)
        runs = rule_sudo._enter(dict.fromkeys(entering, key))
        runs._wake()
        return runs

    def _enter(self, keys, dates=None, late=False):
        """Start runs and plan their first step.

        :param dict keys: ``{record id: key of the occurrence | None for the usual one}``
        :param dict dates: ``{record id: date value}``, for a rule started by a date
        :param bool late: only note that the date was missed
        :return: the new runs, those that stopped at once included
        """
        texts = {res_id: self._date_text(value) for res_id, value in (dates or {}).items()}
        paused = self._note_paused(keys, texts)
        keys = {res_id: key for res_id, key in keys.items() if res_id not in paused}
        happened_at = self.env.cr.now()
        reentry = "occurrence" if late else self.reentry  # a missed date does not use up "once"
        occurrences = {
            res_id: key or decision.occurrence(reentry, happened_at=happened_at, date_value=texts.get(res_id))
            for res_id, key in keys.items()
        }
        for run in self._get_runs_of_dates(texts):
            if run.date_value == texts[run.res_id] and run.occurrence != occurrences.get(run.res_id):
                occurrences.pop(run.res_id, None)  # it fired for this date when "Repeat" said otherwise
        runs = self.env["crm.trigger.run"]._start(self, occurrences, texts, states.STOP_LATE if late else None)
        runs.filtered(lambda run: run.state == states.RUNNING)._plan(self)
        there_already = occurrences.keys() - set(runs.mapped("res_id"))
        return runs | runs._reopen(self, {res_id: occurrences[res_id] for res_id in there_already})

    def _note_paused(self, res_ids, texts):
        """Note what happens to paused records, and return which are, as a set.

        Nothing is noted of a date: the clock finds it when the record is resumed.
        """
        paused = self.env["crm.trigger.pause"]._search_paused(self.model_name, res_ids)
        happened_at = decision.occurrence("occurrence", happened_at=self.env.cr.now())
        noted = dict.fromkeys((res_id for res_id in paused if not texts.get(res_id)), happened_at)
        if noted:
            self.env["crm.trigger.run"]._start(self, noted, {}, states.STOP_PAUSED)
        return paused

    def _get_runs_of_dates(self, texts):
        values = [text for text in texts.values() if text]
        domain = [("rule_id", "=", self.id), ("res_id", "in", list(texts)), ("date_value", "in", values)]
        return self.env["crm.trigger.run"].search(domain) if values else self.env["crm.trigger.run"]

    def _get_next_step(self, step=None):
        """Return the step after the given one, the first without one; empty at the end."""
        steps = self.step_ids.sorted(lambda step: (step.sequence, step.id))
        if not step:
            return steps[:1]
        return steps.filtered(lambda s: (s.sequence, s.id) > (step.sequence, step.id))[:1]
