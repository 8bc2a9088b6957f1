"""The pictures of the papers, in English and French: docs/images/<name>.png and docs/images/fr/<name>.png."""

import sys

from .person import browser

LANGUAGES = {"en_US": "", "fr_FR": "fr/"}


def rules(mona):
    """The list of rules."""
    mona.open("crm-triggers")
    return "rules"


def rule_form(mona):
    """A rule with its steps."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_quotation_sent')}", ".o_form_view")
    return "rule-form"


def step_form(mona):
    """One step, opened in place."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_quotation_sent')}", ".o_form_view")
    mona.page.locator(".o_crm_trigger_steps .o_kanban_record").nth(3).click()
    mona.page.wait_for_selector(".modal .o_form_view")
    mona.settle()
    return "step-form"


def executions(mona):
    """What rules did and plan to do."""
    mona.open("crm-trigger-executions")
    return "executions"


def lead_triggers(mona):
    """An opportunity after it was dragged to Proposition, with the activity of the rule."""
    lead_id = mona.record_id("crm_triggers.lead_sam")
    mona.rpc("crm.lead", "write", [lead_id], {"stage_id": mona.record_id("crm.stage_lead3")})
    mona.open(f"crm/{lead_id}", ".o_form_view")
    return "lead-triggers"


PICTURES = (lead_triggers, rules, rule_form, step_form, executions)


def main():
    """Take every picture in every language, as the sales manager."""
    with browser() as log_in:
        for lang, folder in LANGUAGES.items():
            mona = log_in("manager")
            user_id = mona.rpc("res.users", "search", [["login", "=", "manager"]])
            mona.rpc("res.users", "write", user_id, {"lang": lang})
            for picture in PICTURES:
                mona.shot(f"{folder}{picture(mona)}")
        mona.rpc("res.users", "write", user_id, {"lang": "en_US"})
        if mona.errors:
            print("\n".join(mona.errors))
        return 1 if mona.errors else 0


if __name__ == "__main__":
    sys.exit(main())
