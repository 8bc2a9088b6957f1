"""The pictures of the documentation, in English and French: docs/images/<name>.png and docs/images/fr/<name>.png."""

import sys

from . import pictures_of_records as records
from . import pictures_of_rules as rules
from .person import LogIn, browser

LANGUAGES = {"en_US": "", "fr_FR": "fr/"}
PICTURES = {
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
        rules.help_page,
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
    "admin": (rules.settings, rules.traceback),
}


def shoot(log_in: LogIn, login: str, names: list[str]) -> list[str]:
    """Take the named pictures of one user, all if none is named, in every language; return the errors of the
    browser.
    """
    errors = []
    for lang, folder in LANGUAGES.items():
        person = log_in(login)
        user_id = person.rpc("res.users", "search", [["login", "=", login]])
        person.rpc("res.users", "write", user_id, {"lang": lang})
        try:
            for picture in PICTURES[login]:
                if not names or picture.__name__ in names:
                    person.shot(f"{folder}{picture(person)}")
        finally:
            person.rpc("res.users", "write", user_id, {"lang": "en_US"})
        errors += person.errors
    return errors


def main(names: list[str]) -> int:
    """Take the named pictures, all if none is named."""
    with browser() as log_in:
        errors = [error for login in PICTURES for error in shoot(log_in, login, names)]
    print("\n".join(errors))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
