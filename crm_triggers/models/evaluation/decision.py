from collections import defaultdict
from contextlib import nullcontext
from functools import partial

from psycopg2.errors import LockNotAvailable

from odoo import models
from odoo.tools import SQL

from ...engine import states
from ..acting import acting_on, repeated
from ..capture.base import AUTHOR, CHANGES
from ..isolation import HastySavepoint, isolated, undoable
from ..provisional import deciding, going_on
from .one_model import EDITION, IS_PAUSED, IS_RUNNING, OneModel


class RuleFault(Exception):
    """A rule that cannot be evaluated, and why."""

    def __init__(self, rule_id, error):
        super().__init__(f"rule {rule_id}: {error}")
        self.rule_id, self.error = rule_id, error


class CrmTriggerRule(models.Model):
    """Decides, once per transaction, on what was captured. It reads, and writes our own tables by SQL; an error is
    logged and never affects the user's save.
    """

    _inherit = "crm.trigger.rule"

    def _decide_changes(self, data):
        """Decide on everything captured since the last flush; called before the commit.

        :param dict data: the cursor's ``precommit.data``
        """
        self.env.flush_all()  # pending writes of others are not lost if we fail
        provisional = going_on(self.env.cr)
        provisional.author = provisional.author or data.get(AUTHOR)
        changes = provisional.take_in(data.pop(CHANGES))
        self = self.with_context(**{AUTHOR: provisional.author})
        started, faults = self.env["crm.trigger.run"], []
        scope = undoable(self.env.cr, flush=False, hasty=True)
        with (
            isolated(scope, "Deciding in one go", faults.append, pass_on=repeated(self.env.cr)),
            deciding(self.env.cr),
        ):
            self._take_back_decisions(_get_keys(changes))
            for model_name, records in changes.items():
                started |= self._decide(model_name, records)
            started._wake()
        if faults:
            failed = {fault.rule_id: fault.error for fault in faults if isinstance(fault, RuleFault)}
            with deciding(self.env.cr):
                self._decide_apart(changes, failed)
        self._decide_happened_again(_get_keys(changes))

    def _decide_apart(self, changes, failed):
        """Decide rule by rule, so that a failing one does not affect the others.

        :param dict failed: ``{rule id: error}`` of those that have already failed
        """
        started = self.env["crm.trigger.run"]
        self._forget_undone()
        with isolated(self.env.cr.savepoint(flush=False), "Taking back what was decided"):
            self._take_back_decisions(_get_keys(changes))
        for model_name, records in changes.items():
            scope = HastySavepoint(self.env.cr)
            with isolated(scope, f"Deciding on {model_name}", pass_on=repeated(self.env.cr)):
                started |= self._decide(model_name, records, failed)
        started._wake()

    def _decide(self, model_name, changes, failed=None):
        """Start and stop runs for the records of one model.

        :param dict changes: ``{id: {field: old raw value} | CREATED}``
        :param dict failed: ``{rule id: error}`` of rules to leave out; with it, an error affects only its rule.
        Without it the first error ends the evaluation.
        :return: the started runs
        :raises RuleFault: a rule cannot be evaluated, and ``failed`` was not given
        """
        started = self.env["crm.trigger.run"]
        watch = self._get_watch().get(model_name)
        if not changes or not watch:
            return started
        one_model = OneModel(self, model_name, watch, changes)
        if one_model.edition not in (None, self._get_memory().known.edition):  # not known to this process before
            self._take_edition(one_model.edition)
            watch = self._get_watch().get(model_name)
            if not watch:
                return started
            one_model = OneModel(self, model_name, watch, changes)
        one_model.settle()
        for one_rule in one_model.get_concerned():
            started |= one_rule.rule._decide_on(one_rule, failed)
        return started

    def _decide_on(self, one, failed):
        """Start and stop runs of this rule, as of :meth:`_decide`.

        :param one: its :class:`~.one_model.OneRule`
        """
        with self._isolated_for(one, failed):
            fault = failed and failed.get(self.id)
            if fault and not isinstance(fault, LockNotAvailable):  # the lock may be released by now
                raise fault
            self._fill_cache()
            one.look()
            self._note_own_doing(one)
            one.starting = one.would_start()
            return one.enter(*one.starting)
        return self.env["crm.trigger.run"]

    def _isolated_for(self, one, failed):
        """Return the context in which to evaluate this rule, as of :meth:`_decide`."""
        what, pass_on = f"Rule {self.id}: deciding", repeated(self.env.cr)
        if failed is None:
            return isolated(nullcontext(), what, partial(_raise_fault, self.id), pass_on=pass_on)
        scope = HastySavepoint(self.env.cr)
        return isolated(scope, what, partial(self._note_failed, one), pass_on=pass_on, loud=True)

    def _note_failed(self, one, error):
        """Record what this rule missed; after a lock conflict, the clock catches up.

        :param one: its :class:`~.one_model.OneRule`
        """
        if isinstance(error, LockNotAvailable) and (one.starting is not None or self._is_looked_for()):
            self._make_up_for(one.get_missed_keys())
            return
        created, touched = one.model.created.intersection(one.candidates), one.touched.intersection(one.candidates)
        missed = self._get_missed(created, touched)
        self._note_undecided(missed, created | touched, error)

    def _read_watched(self, model_name, watch, changes):
        """Return ``{id: {field: value}}`` of the records that still exist, as stored, and whether they are paused
        or have a run in progress, and which edition of the rules this transaction sees: one query, because the user
        waits for the save.
        """
        model, pauses, runs = self.env[model_name], self.env["crm.trigger.pause"], self.env["crm.trigger.run"]
        pauses.flush_model(["res_model", "res_id"])
        runs.flush_model(["res_model", "res_id", "state"])
        res_id = SQL.identifier(model._table, "id")
        further = [
            SQL("%s AS %s", pauses._sql_is_paused(model_name, res_id), SQL.identifier(IS_PAUSED)),
            SQL("%s AS %s", runs._sql_is_running(model_name, res_id), SQL.identifier(IS_RUNNING)),
            SQL("%s AS %s", self.env["crm.trigger.edition"]._sql_get(), SQL.identifier(EDITION)),
        ]
        rows = model._crm_trigger_read_columns(changes, sorted(watch.columns) or ["id"], further)
        now = {row["id"]: row for row in rows}
        for record in model.browse(i for i in now if changes[i] and watch.relations & changes[i].keys()):
            for fname in watch.relations & changes[record.id].keys():
                now[record.id][fname] = record[fname]._ids
        return now

    def _get_running(self, model_name, res_ids):
        """Return the runs of these records in progress, by rule id; one query."""
        none = self.env["crm.trigger.run"]
        if not res_ids:
            return defaultdict(none.browse)
        where = SQL("res_model = %s AND res_id IN %s AND state = %s", model_name, tuple(res_ids), states.RUNNING)
        running = none._find(["rule_id", "res_id", "state"], where)
        return defaultdict(none.browse, running.grouped(lambda run: run.rule_id.id))

    def _note_own_doing(self, one):
        """Record the records that a step of this rule itself made meet the conditions: while the clock catches up
        with changes not captured, it must not start with them.
        """
        acting = acting_on(self.env.cr)
        if one.watcher.unsettled and acting and acting.rule_id == self.id:
            self.env["crm.trigger.seen"]._add(self, one.after)

    def _note_looked_at(self, watch, created):
        """Record which new records rules decided on, for changes that may not all be captured yet."""
        waiting = [one for one in watch.watchers if one.unsettled and not one.get_traits().by_change]
        self.env["crm.trigger.seen"]._insert_missing(
            [{"rule_id": one.rule_id, "res_id": res_id} for one in waiting for res_id in sorted(created)]
        )

    def _note_seen(self, touched, after):
        """Record for the clock what was captured; return the records it had not seen matching yet."""
        seen = self.env["crm.trigger.seen"]
        seen._remove(self, touched - after)
        return seen._add(self, after)


def _raise_fault(rule_id, error):
    raise RuleFault(rule_id, error) from error


def _get_keys(changes):
    """Return ``[(model name, record id)]`` of what was captured."""
    return [(model_name, res_id) for model_name, records in changes.items() for res_id in records]
