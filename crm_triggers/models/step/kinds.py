"""Kinds of steps, each declared once: the one module that an add-on imports for a kind of its own.

Nothing here knows Odoo or a database. The declarations are the process's, which may serve several
databases: each takes those of the add-ons it has.
"""

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

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
    minutes: int = 2
    placed: Place | None = None
    reaches: Addressee | None = None
    threads: bool = False


class Declaration(NamedTuple):
    kind: str
    addon: str
    step_kind: StepKind


DECLARATIONS: list[Declaration] = []


def declare(kind: str, step_kind: StepKind) -> None:
    """Declare a kind of step, on behalf of the add-on whose module calls this."""
    DECLARATIONS.append(Declaration(kind, _get_addon(sys._getframe(1).f_globals["__name__"]), step_kind))


def get_declarations(addons: Collection[str]) -> dict[str, Declaration]:
    """Return ``{kind: declaration}`` of what these add-ons declared."""
    return {one.kind: one for one in DECLARATIONS if one.addon in addons}


def _get_addon(module_name: str) -> str:
    """Return the add-on that a Python module belongs to."""
    return module_name.removeprefix("odoo.addons.").partition(".")[0]
