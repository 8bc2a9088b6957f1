from collections import defaultdict
from contextlib import nullcontext
from functools import partial
from itertools import count

from psycopg2.errors import LockNotAvailable

from odoo import models
from odoo.tools import SQL

from ....engine.decision import ONCE
from ....engine.schedule import DUE
from ...acting import repeated
from ...capture.base import AUTHOR
from ...isolation import HastySavepoint, isolated
from ...provisional import deciding, going_on
from .crm_trigger_rule import HAPPENED

_FLUSHES = count()  # number of each deciding flush
# PostgreSQL keeps these numbers per transaction, without those of savepoints that were rolled back.
_GET_FLUSHES = "SELECT coalesce(current_setting('crm_triggers.flushes', true), '')"
_NOTE_FLUSH = """SELECT set_config('crm_triggers.flushes',
    coalesce(current_setting('crm_triggers.flushes', true), '') || ' ' || %s, true)"""


class CrmTriggerRule(models.Model):
    """Decides on events just before the commit."""

    _inherit = "crm.trigger.rule"

    def _decide_happened(self, data):
        """Start the rules that waited for these events; called before the commit.

        :param dict data: the cursor's ``precommit.data``
        """
        self.env.flush_all()  # pending writes of others are not lost if we fail
        items, provisional = data.pop(HAPPENED), going_on(self.env.cr)
        provisional.author = provisional.author or data.get(AUTHOR)
        flush = next(_FLUSHES)
        self.env.cr.execute(SQL(_NOTE_FLUSH, str(flush)))
        for happening, item in items:
            provisional.happened[item.model, item.res_id].append((flush, happening, item))
        self._start_happened(items)

    def _decide_happened_again(self, keys):
        """Decide again on events on records that changed since, in the same transaction; the previous decision is
        already reverted.

        Events of a savepoint that was rolled back do not count: PostgreSQL dropped the number of its flush.

        :param keys: ``[(model name, record id)]`` of the changed records
        """
        told = going_on(self.env.cr).happened
        again = [one for key in keys if key in told for one in told[key]]
        if again:
            flushes = self.env.execute_query(SQL(_GET_FLUSHES))[0][0].split()
            self._start_happened([item for flush, *item in again if str(flush) in flushes])

    def _start_happened(self, items):
        """Start the rules that wait for these events: ``[(event, Happened)]``."""
        by_rule = defaultdict(list)
        wanted = self._get_happenings()
        for happening, item in items:
            for rule_id in wanted.get((happening, item.model), ()):
                by_rule[rule_id].append(item)
        started = self.env["crm.trigger.run"]
        for rule in self.with_context(**{AUTHOR: going_on(self.env.cr).author}).browse(by_rule):
            what, noting = f"Rule {rule.id}: what happened", partial(rule._note_happened_undecided, by_rule[rule.id])
            scope = HastySavepoint(self.env.cr)
            with deciding(self.env.cr), isolated(scope, what, noting, pass_on=repeated(self.env.cr), loud=True):
                started |= rule._enter_happened(by_rule[rule.id])
        started._wake()

    def _note_happened_undecided(self, happened, error):
        """Record the records of events this rule could not decide on, if it waited for them; after a lock conflict,
        the clock catches up.
        """
        keys = {item.res_id: [self._get_usual_key()] for item in happened}
        with isolated(nullcontext(), f"Rule {self.id}: what it waits for", lambda _error: None):
            keys = self._get_happened_keys(self._judge_happened(happened)[DUE])
        if isinstance(error, LockNotAvailable):
            self._make_up_for({res_id: ([ONCE] if self.reentry == "once" else found) for res_id, found in keys.items()})
        else:
            self._note_undecided(set(keys), set(keys), error)
