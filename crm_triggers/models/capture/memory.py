from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from odoo import api, fields, models
from odoo.sql_db import BaseCursor
from odoo.tools import SQL, ormcache
from odoo.tools.sql import table_exists

from ...engine import states
from ..compat import clear_caches

CHECK_SECONDS = 10.0  # interval at which a saving process checks whether its rules are up to date
OWN = "crm_triggers.memory"  # key in the cache of a cursor: what only its transaction knows
CHECKED = "crm_triggers.checked"  # … and the time of the transaction that has already checked
COMMITTED = "crm_triggers_committed"  # of a registry: the last edit by this process, and the rules active after it
_EDITING: WeakKeyDictionary[BaseCursor, datetime] = WeakKeyDictionary()  # start of the transaction that edits rules


@dataclass
class Known:
    """What was read of rules in one snapshot of the database: plain data by name.

    ``edition``: how often rules had been edited (``crm.trigger.edition``), None before the first read.
    """

    edition: int | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Memory:
    """What a process, or a single transaction, caches of rules.

    ``known`` is replaced as a whole, so that no thread adds what it read to another edition.
    ``asked_at``: the time (of the process) at which that edition was last confirmed.
    ``moment``, ``shared``: for a single transaction, its start, and the shared memory it replaces.
    ``active_ids``: the rules known to be active by now, for a transaction with an older snapshot; None if unknown.
    """

    known: Known = field(default_factory=Known)
    asked_at: float = float("-inf")
    moment: Any = None
    shared: Any = None
    active_ids: frozenset[int] | None = None


class CrmTriggerRule(models.Model):
    """What a process caches of rules, and how it detects that it is outdated.

    Odoo signals changes to processes at the start of a request. A job that commits a hundred times gets no signal,
    and a thread whose transaction began before a change reads the old values. So the cache has a number, the
    edition it was read in. A transaction whose snapshot is older than the cache, or that edits rules itself, uses a
    cache of its own.
    """

    _inherit = "crm.trigger.rule"

    @api.model
    @ormcache()
    def _get_shared_memory(self):
        """Return the :class:`Memory` of this process, emptied whenever Odoo clears its caches."""
        return Memory()

    @api.model
    def _recall(self, name, read):
        """Return the result of ``read()`` from the cache if it is there: then without a query.

        :param str name: key in the cache
        """
        known = self._get_memory().known
        if name not in known.values:
            known = self._remember(name, read)
        return known.values[name]

    @api.model
    def _get_memory(self):
        """Return the memory valid for this transaction."""
        memory = self._get_memory_at_hand()
        if memory.known.values and memory.moment is None and monotonic() - memory.asked_at > CHECK_SECONDS:
            return self._check_memory(memory)
        return memory

    @api.model
    def _get_memory_at_hand(self):
        """Return the memory of this transaction if it has one, else that of the process.

        Odoo empties the cache of a cursor when a savepoint is rolled back: what was read in it goes with it.
        """
        shared, cr = self._get_shared_memory(), self.env.cr
        own = cr.cache.get(OWN)
        if own is not None and own.shared is shared and own.moment == cr.now():
            return own
        if cr in _EDITING and _EDITING[cr] == cr.now():
            return self._begin_own_memory()
        return shared

    @api.model
    def _begin_own_memory(self, edition=None, active_ids=None):
        """Use a memory for this transaction alone from here on; return it, empty."""
        own = self.env.cr.cache[OWN] = Memory(
            Known(edition), moment=self.env.cr.now(), shared=self._get_shared_memory(), active_ids=active_ids
        )
        return own

    @api.model
    def _begin_edition(self):
        """Record that this transaction edits rules: its memory is private until it commits.

        :return: PostgreSQL's transaction id
        """
        _EDITING[self.env.cr] = self.env.cr.now()
        self._begin_own_memory()
        return self.env["crm.trigger.edition"].sudo()._begin()  # these rows are never updated

    def _leave_out_switched_off(self):
        """Return these rules, which this transaction sees, without those that the process knows to be off."""
        active_ids = self._get_memory_at_hand().active_ids
        return self if active_ids is None else self.filtered(lambda rule: rule.id in active_ids)

    @api.model
    def _check_memory(self, shared):
        """Check, once per transaction, whether rules were edited since; return the valid memory."""
        moment = self.env.cr.now()
        if self.env.cr.cache.get(CHECKED) == moment:
            return shared
        self.env.cr.cache[CHECKED] = moment
        return self._take_edition(*self._read_edition())

    @api.model
    def _take_edition(self, edition, is_outdated=False):
        """Return the memory for this transaction, whose snapshot has an edition: the shared one, emptied if it is
        older, or a private one.

        :param bool is_outdated: this process knows of later edits than the snapshot
        """
        memory = self._get_memory_at_hand()
        known = memory.known
        if memory.moment is None and (is_outdated or edition < (known.edition or 0)):
            return self._begin_own_memory(edition, self._get_known_active_ids(known))
        if known.edition != edition:
            memory.known = Known(edition)
        memory.asked_at = max(memory.asked_at, monotonic() - self._get_age())
        return memory

    @api.model
    def _get_known_active_ids(self, known):
        """Return the ids of the rules that are active as far as this process knows, None if unknown."""
        watches = known.values.get("watch")
        if watches is None:
            return getattr(self.pool, COMMITTED, (None, None))[1]
        return frozenset(one.rule_id for watch in watches.values() for one in watch.watchers)

    def _note_committed(self, number):
        """Clear this process's memory after a commit, and store from when on a snapshot is outdated, and which
        rules are active now.

        :param str number: PostgreSQL's id of the transaction just committed
        """
        if not table_exists(self.env.cr, self._table):
            return  # our add-on itself was uninstalled
        query = SQL("SELECT id FROM crm_trigger_rule WHERE state IN %s", states.ACTIVE)
        active_ids = frozenset(rule_id for (rule_id,) in self.env.execute_query(query))
        setattr(self.pool, COMMITTED, (number, active_ids))
        clear_caches(self.env)

    @api.model
    def _remember(self, name, read):
        """Read something of the rules and cache it where it is valid; return the :class:`Known` that has it."""
        edition, is_outdated = self._read_edition()
        known = self._take_edition(edition, is_outdated).known
        if known.edition != edition:  # another thread has a newer one
            known = self._begin_own_memory(edition).known
        known.values[name] = read()
        return known

    @api.model
    def _get_age(self):
        """Return the age of this transaction in seconds."""
        return max((fields.Datetime.now() - self.env.cr.now()).total_seconds(), 0)

    @api.model
    def _read_edition(self):
        """Return which edition of the rules this transaction sees, and whether it began before the last edit
        committed by this process.
        """
        committed, _active_ids = getattr(self.pool, COMMITTED, (None, None))
        query = SQL(
            "SELECT %s, coalesce(NOT pg_visible_in_snapshot(%s::xid8, pg_current_snapshot())"
            " AND pg_current_xact_id_if_assigned() IS DISTINCT FROM %s::xid8, false)",
            self.env["crm.trigger.edition"]._sql_get(),
            committed,
            committed,
        )
        return self.env.execute_query(query)[0]
