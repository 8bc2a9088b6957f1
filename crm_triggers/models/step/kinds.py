"""Kinds of steps, each declared once: the one module that an add-on imports for a kind of its own.

Nothing here knows Odoo or a database. The declarations are the process's, which may serve several
databases: each takes those of the add-ons it has.
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
    """What the rest of the add-on has to know of a kind of step; what it does are methods of the step.

    :param action: values of the server action (``ir.actions.server``) behind each step of this kind
    :param icon: its symbol, a class of Font Awesome
    :param heading: under which heading of the menu it is offered
    :param needs: what its records must be or have, a key of ``_get_needs``; None is any record
    :param manager_fields: fields of the server action that a sales manager may set; its phrase may
        speak of them
    :param standing_fields: those of them that decide about others, looked at whatever is changed
    :param defaults: what a person who chooses this kind finds filled in, unless the first of it is
        there already: fields of the step, with the value, a function of the environment, or None
        for the default of the server action
    :param batch: how many executions are carried out at once: ``light`` 500 of what only writes a
        few rows, ``heavy`` 50 of what renders or posts, ``slow`` 10 of what takes seconds each
    :param drained: whether who saved may wait for it, a second at the most; what runs foreign code or calls
        other machines is left to the worker, and so is what is ``slow``
    :param minutes: how many minutes a person would need for one
    :param placed: where what it makes is left, once for the records that meet there: on the
        ``target`` that the step chooses, or always on the ``document``; None is neither
    :param reaches: whom it speaks to: the ``contact`` outside, or the ``colleague`` responsible
    :param threads: whether it sends emails that a later email of the rule is an answer to
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
    """A kind of step is not what it must be: says which add-on brought it, and what to do."""


class Declaration(NamedTuple):
    kind: str
    addon: str
    step_kind: StepKind


DECLARATIONS: list[Declaration] = []


def declare(kind: str, step_kind: StepKind) -> None:
    """Declare a kind of step, on behalf of the add-on whose module calls this."""
    DECLARATIONS.append(Declaration(kind, _get_addon(sys._getframe(1).f_globals["__name__"]), step_kind))


def get_declarations(addons: Collection[str]) -> dict[str, Declaration]:
    """Return ``{kind: declaration}`` of what these add-ons declared.

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
    """Return what ``_act_<kind>`` says of an execution for which it did nothing.

    :param reason: one of ``skip_reason``
    """
    return {"state": states.SKIPPED, "skip_reason": reason}


def partly(record: Record, reason: str, part: str = states.PART_DOCUMENT) -> dict[str, object]:
    """Return what ``_act_<kind>`` says of an execution that led to a record, but did not do all it was to do.

    :param reason: why it did not do the rest, one of ``skip_reason``
    :param part: what it did, one of ``done_part``
    """
    return {**made(record), **skipped(reason), "done_part": part}


def made(record: Record) -> dict[str, object]:
    """Return what ``_act_<kind>`` says of an execution that led to a record, made or changed."""
    return {"result_model": record._name, "result_id": record.id}
