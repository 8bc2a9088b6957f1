"""Kinds of steps, each declared once: the one module that an add-on imports to declare its own kind.

This module does not depend on Odoo or a database. Declarations belong to the process, which may serve several
databases: each uses those of its installed add-ons.
"""

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from ...engine import states

Batch = Literal["light", "heavy", "slow"]
Heading = Literal["todo", "tell", "customer", "process", "money", "scenario", "more"]
Place = Literal["target", "document"]
Addressee = Literal["contact", "colleague"]


@dataclass(frozen=True, kw_only=True)
class StepKind:
    """What the rest of the add-on needs to know about a kind of step; its behaviour is in methods of the step.

    :param action: values of the server action (``ir.actions.server``) behind each step of this kind
    :param icon: its symbol, a class of Font Awesome
    :param heading: heading of the menu under which it is offered
    :param needs: what its records must be or have, a key of ``_get_needs``; None for any record
    :param manager_fields: server action fields that a sales manager may set; its phrase may use them
    :param standing_fields: those of them that decide about others, checked with every change
    :param defaults: values filled in when a user chooses this kind, unless the first of them is set already: fields
    of the step, with the value, a function of the environment, or None for the default of the server action
    :param batch: how many executions run at once: ``light`` 500 that only write a few rows, ``heavy`` 50 that
    render or post, ``slow`` 10 that take seconds each
    :param drained: whether it may run while the user's save waits, for a second at most; custom code, calls to
    other systems and ``slow`` kinds are left to the worker
    :param minutes: minutes that one execution saves a person
    :param placed: where its result is put, once for the records that share it: on the ``target`` chosen in the
    step, or always on the ``document``; None for neither
    :param reaches: whom it writes to: the external ``contact``, or the responsible ``colleague``
    :param threads: whether it sends emails that later emails of the rule reply to
    """

    action: Mapping[str, object] = field(default_factory=dict)
    icon: str = "fa-bolt"
    heading: Heading = "more"
    needs: str | None = None
    manager_fields: Collection[str] = ()
    standing_fields: Collection[str] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)
    batch: Batch = "heavy"
    drained: bool = True
    minutes: int = 2
    placed: Place | None = None
    reaches: Addressee | None = None
    threads: bool = False


class KindError(TypeError):
    """An invalid kind of step: the message says which add-on declares it, and the remedy."""


class Declaration(NamedTuple):
    kind: str
    addon: str
    step_kind: StepKind


DECLARATIONS: list[Declaration] = []


def declare(kind: str, step_kind: StepKind) -> None:
    """Declare a kind of step, on behalf of the add-on whose module calls this."""
    DECLARATIONS.append(Declaration(kind, _get_addon(sys._getframe(1).f_globals["__name__"]), step_kind))


def get_declarations(addons: Collection[str]) -> dict[str, Declaration]:
    """Return ``{kind: declaration}`` of these add-ons.

    :raises KindError: a kind is declared twice
    """
    found: dict[str, Declaration] = {}
    for one in DECLARATIONS:
        if one.addon in addons:
            _check_new(one, found.get(one.kind))
            found[one.kind] = one
    return found


def _check_new(one: Declaration, other: Declaration | None) -> None:
    if other:
        raise KindError(
            f"The add-on {one.addon} declares the kind of step {one.kind!r}, which {other.addon} declared already: "
            "give it another name."
        )


def _get_addon(module_name: str) -> str:
    """Return the add-on that a Python module belongs to."""
    return module_name.removeprefix("odoo.addons.").partition(".")[0]


class Record(Protocol):
    _name: str
    id: int


def skipped(reason: str) -> dict[str, object]:
    """Return the value by which ``_act_<kind>`` reports an execution for which nothing was done.

    :param reason: one of ``skip_reason``
    """
    return {"state": states.SKIPPED, "skip_reason": reason}


def partly(record: Record, reason: str, part: str = states.PART_DOCUMENT) -> dict[str, object]:
    """Return the value by which ``_act_<kind>`` reports an execution with a result that was only partly done.

    :param reason: why the rest was not done, one of ``skip_reason``
    :param part: what was done, one of ``done_part``
    """
    return {**made(record), **skipped(reason), "done_part": part}


def made(record: Record) -> dict[str, object]:
    """Return the value by which ``_act_<kind>`` reports an execution with a created or changed record."""
    return {"result_model": record._name, "result_id": record.id}
