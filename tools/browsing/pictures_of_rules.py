"""Pictures of what a sales manager makes and looks through.

Each function opens the screen of the picture it is named after.
"""

import re

from .person import Person


def rules(mona: Person) -> None:
    """The list of rules."""
    mona.open("crm-triggers")


def rules_list(mona: Person) -> None:
    """The same as a list."""
    mona.open("crm-triggers")
    mona.page.click("button.o_switch_view.o_list")
    mona.page.wait_for_selector(".o_list_view .o_data_row")
    mona.settle()


def rules_search(mona: Person) -> None:
    """What rules are found by."""
    mona.open("crm-triggers")
    mona.page.click(".o_searchview_dropdown_toggler")
    mona.settle()


def rule_form(mona: Person) -> None:
    """A rule with its steps."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_quotation_sent')}", ".o_form_view")


def rule_safeguards(mona: Person) -> None:
    """The same, scrolled to its safeguards."""
    rule_form(mona)
    mona.page.locator("[name=exclude_internal]").scroll_into_view_if_needed()
    mona.settle()


def rule_date(mona: Person) -> None:
    """A rule about a date, with the technical choices unfolded."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers_contract.rule_contract_ends')}", ".o_form_view")
    mona.page.click("[name=show_advanced] input")
    mona.settle()


def rule_test(mona: Person) -> None:
    """A rule on trial."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_invoice_overdue')}", ".o_form_view")


def rule_switch_on(mona: Person) -> None:
    """Switching it on: which records are so already, and whether they are meant."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_order_satisfaction')}", ".o_form_view")
    mona.page.click("button[name=action_switch_on]")
    mona.page.locator(".modal .o_radio_input").nth(1).click()
    mona.page.wait_for_selector(".modal .o_crm_trigger_names")
    mona.settle()


def help_(mona: Person) -> None:
    """The help about rules on a date."""
    rule_test(mona)
    mona.page.click(".o_crm_trigger_help_link")
    mona.page.wait_for_selector(".modal .nav-link.active")
    mona.settle()


def rule_new(mona: Person) -> None:
    """A new rule: what can happen, in sales words."""
    mona.open("crm-triggers/new", ".o_form_view")
    mona.page.click(".o_crm_trigger_preset input")
    mona.page.wait_for_selector(".o_crm_trigger_preset_menu")
    mona.settle()


def step_form(mona: Person) -> None:
    """One step, opened in place."""
    rule_form(mona)
    mona.page.locator(".o_crm_trigger_steps .o_kanban_record").nth(3).click()
    mona.page.wait_for_selector(".modal .o_form_view")
    mona.settle()


def gallery(mona: Person) -> None:
    """The ready rules."""
    mona.open("crm-trigger-templates")


def scenario(mona: Person) -> None:
    """A scenario."""
    mona.open(f"crm-trigger-scenarios/{mona.record_id('crm_triggers.scenario_customer')}", ".o_form_view")


def enroll(mona: Person) -> None:
    """Customers are added to a scenario by hand."""
    mona.open("contacts?view_type=list", ".o_list_view")
    for row in (1, 2):
        mona.page.locator(".o_data_row .o_list_record_selector input").nth(row).click()
    mona.page.click(".o_cp_action_menus .dropdown-toggle:has(.fa-cog)")
    mona.page.get_by_role("menuitem", name=re.compile("sc[eé]nario", re.IGNORECASE)).click()
    mona.page.wait_for_selector(".modal [name=sentence]")
    mona.settle()


def executions(mona: Person) -> None:
    """What rules did and plan to do."""
    mona.open("crm-trigger-executions")


def executions_pivot(mona: Person) -> None:
    """The same, counted."""
    mona.open("crm-trigger-executions?view_type=pivot")


def executions_graph(mona: Person) -> None:
    """The same over time."""
    mona.open("crm-trigger-executions?view_type=graph")


def execution_error(person: Person) -> None:
    """A step that failed; the administrator sees where in the code."""
    failed_id = person.record_id("crm_triggers.execution_failed_mail")
    person.open(f"crm-trigger-executions/{failed_id}", ".o_form_view")


def planned(mona: Person) -> None:
    """What is planned, in a calendar."""
    mona.open("crm-trigger-planned")


def runs(mona: Person) -> None:
    """The records that went through rules."""
    mona.open("crm-trigger-runs")


def run(mona: Person) -> None:
    """One of them, with its steps."""
    mona.open(f"crm-trigger-runs/{mona.record_id('crm_triggers.run_without_email')}", ".o_form_view")


def settings(admin: Person) -> None:
    """How long the log is kept."""
    admin.open("settings", ".o_form_view")
    admin.page.click(".settings_tab .tab[data-key=crm]")
    admin.page.locator("[name=crm_triggers_retention_days]").scroll_into_view_if_needed()
    admin.settle()


def execution_traceback(admin: Person) -> None:
    """The same error, as the administrator sees it."""
    execution_error(admin)
