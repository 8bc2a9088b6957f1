"""The pictures of the pages, but for those of the story, of the demo in the language of the day."""

import sys
from collections.abc import Callable

from . import pictures_of_records as records
from . import pictures_of_rules as rules
from .person import LogIn, Person, browser
from .work import work

Picture = Callable[[Person], None]  # brings on screen what the picture of its name shows
PICTURES: dict[str, tuple[Picture, ...]] = {
    "manager": (
        records.lead_triggers,
        rules.rules,
        rules.rules_list,
        rules.rules_search,
        rules.rule_form,
        rules.rule_safeguards,
        rules.rule_date,
        rules.rule_test,
        rules.rule_switch_on,
        rules.help_,
        rules.rule_new,
        rules.step_form,
        rules.gallery,
        rules.scenario,
        rules.enroll,
        rules.executions,
        rules.executions_pivot,
        rules.executions_graph,
        rules.execution_error,
        rules.planned,
        rules.runs,
        rules.run,
        records.panel_lead,
        records.panel_quotation,
        records.panel_error,
        records.panel_invoice,
        records.panel_contact,
        records.panel_contract,
        records.panel_empty,
        records.explanation,
        records.stage_gear,
        records.stage_rules,
    ),
    "admin": (rules.settings, rules.execution_traceback),
}


def name_of(picture: Picture) -> str:
    """Return the name of the picture that a function brings on screen."""
    return picture.__name__.strip("_").replace("_", "-")


def shoot(log_in: LogIn, login: str, names: list[str]) -> list[str]:
    """Take the named pictures of one person, all without a name; return the errors that the browser told of."""
    wanted = [picture for picture in PICTURES[login] if not names or name_of(picture) in names]
    if not wanted:
        return []
    person = log_in(login)
    for picture in wanted:
        picture(person)
        person.shot(name_of(picture))
    return person.errors


def main(names: list[str]) -> int:
    """Take the named pictures, all if none is named."""
    with browser() as log_in:
        work(log_in("admin"))
        errors = [error for login in PICTURES for error in shoot(log_in, login, names)]
    print("\n".join(errors))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
