"""What the engine needs to know about the kinds of triggers, and their registry.

The registry belongs to the process: the add-ons of all its databases declare theirs in it. Two may use the same
name, as long as no database has both; that is checked when an Odoo registry is loaded, never here, where an add-on
that is not even installed would stop the server.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TriggerTraits:
    """What starts a rule of one kind, as far as record changes do.

    ``born``: a new record that meets the conditions starts it.
    ``by_change``: an existing record starts it when a change makes it meet them.
    ``has_date``: it also waits for a date of the record: one that is due, or is set to a value that is. The clock
    finds those due later.
    """

    born: bool
    by_change: bool
    has_date: bool = False


NONE = TriggerTraits(born=False, by_change=False)  # no change of a record starts it
_DECLARED: dict[str, dict[str, TriggerTraits]] = {}  # kind -> module of Python -> traits


def declare(kind: str, traits: TriggerTraits, *, by: str) -> None:
    """Declare a kind of trigger.

    :param kind: its value of the field ``trigger`` of ``crm.trigger.rule``
    :param by: ``__name__`` of the declaring module
    """
    _DECLARED.setdefault(kind, {})[by] = traits


def declarers(kind: str, addons: Collection[str]) -> list[str]:
    """Return which of the add-ons declare a kind; one that declares it in two places is listed twice."""
    return sorted(addon for addon in map(_get_addon, _DECLARED.get(kind, ())) if addon in addons)


def find(kind: str, addons: Collection[str] | None = None) -> TriggerTraits:
    """Return the traits of a kind, ``NONE`` for an undeclared one.

    :param addons: those of the database; their declarations have priority over others
    """
    declared = _DECLARED.get(kind, {})
    own = [traits for by, traits in declared.items() if addons is None or _get_addon(by) in addons]
    return next(iter(own or declared.values()), NONE)


def _get_addon(by: str) -> str:
    return by.removeprefix("odoo.addons.").partition(".")[0]
