"""What the engine has to know of the kinds of triggers, and the table of them.

The table is the process's: the add-ons of all databases that it serves declare theirs in it. Two
may give their kinds the same name, as long as no database has both; that is looked at when a
registry is loaded, never here, where an add-on that is not even installed would stop the server.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TriggerTraits:
    """What starts a rule of one kind, as far as changes of records do.

    ``born``: a new record that meets the conditions starts it.
    ``by_change``: a record that was there starts it when a change makes it meet them.
    ``has_date``: it waits for a date of the record as well: one that is due, or is set to a value
    that is. The clock finds those that fall due later.
    """

    born: bool
    by_change: bool
    has_date: bool = False


NONE = TriggerTraits(born=False, by_change=False)  # no change of a record starts it
_DECLARED: dict[str, dict[str, TriggerTraits]] = {}  # kind -> module of Python -> traits


def declare(kind: str, traits: TriggerTraits, *, by: str) -> None:
    """Declare a kind of trigger.

    :param kind: its value of the field ``trigger`` of ``crm.trigger.rule``
    :param by: ``__name__`` of the module that declares it
    """
    _DECLARED.setdefault(kind, {})[by] = traits


def declarers(kind: str, addons: Collection[str]) -> list[str]:
    """Return which of the add-ons declare a kind, one twice that does so in two places."""
    return sorted(addon for addon in map(_get_addon, _DECLARED.get(kind, ())) if addon in addons)


def find(kind: str, addons: Collection[str] | None = None) -> TriggerTraits:
    """Return the traits of a kind, ``NONE`` of one that nobody declared.

    :param addons: those of the database; what one of them declares goes before what others do
    """
    declared = _DECLARED.get(kind, {})
    own = [traits for by, traits in declared.items() if addons is None or _get_addon(by) in addons]
    return next(iter(own or declared.values()), NONE)


def _get_addon(by: str) -> str:
    return by.removeprefix("odoo.addons.").partition(".")[0]
