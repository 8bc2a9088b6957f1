"""Pictures of the sales manager's screens: each function opens one and returns its name."""

from .person import Person


def rules(mona: Person) -> str:
    """The list of rules."""
    mona.open("crm-triggers")
    return "rules"


def rules_list(mona: Person) -> str:
    """The same as a list."""
    mona.open("crm-triggers")
    mona.page.click("button.o_switch_view.o_list")
    mona.page.wait_for_selector(".o_list_view .o_data_row")
    mona.settle()
    return "rules-list"


def rules_search(mona: Person) -> str:
    """The search options of rules."""
    mona.open("crm-triggers")
    mona.page.click(".o_searchview_dropdown_toggler")
    mona.settle()
    return "rules-search"


def rule_form(mona: Person) -> str:
    """A rule with its steps."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_quotation_sent')}", ".o_form_view")
    return "rule-form"


def rule_safeguards(mona: Person) -> str:
    """The same, scrolled to its safeguards."""
    rule_form(mona)
    mona.page.locator("[name=exclude_internal]").scroll_into_view_if_needed()
    mona.settle()
    return "rule-safeguards"


def rule_date(mona: Person) -> str:
    """A date rule, with the technical fields unfolded."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers_contract.rule_contract_ends')}", ".o_form_view")
    mona.page.click("[name=show_advanced] input")
    mona.settle()
    return "rule-date"


def rule_test(mona: Person) -> str:
    """A rule in test."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_invoice_overdue')}", ".o_form_view")
    return "rule-test"


def rule_switch_on(mona: Person) -> str:
    """Activating it: which records already match, and whether to include them."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_order_satisfaction')}", ".o_form_view")
    mona.page.click("button[name=action_switch_on]")
    mona.page.locator(".modal .o_radio_input").nth(1).click()
    mona.page.wait_for_selector(".modal .o_crm_trigger_names")
    mona.settle()
    return "rule-switch-on"


def help_page(mona: Person) -> str:
    """The help about date rules."""
    rule_test(mona)
    mona.page.click(".o_crm_trigger_help_link")
    mona.page.wait_for_selector(".modal .nav-link.active")
    mona.settle()
    return "help"


def rule_new(mona: Person) -> str:
    """A new rule: the events, in sales terms."""
    mona.open("crm-triggers/new", ".o_form_view")
    mona.page.click(".o_crm_trigger_preset input")
    mona.page.wait_for_selector(".o_crm_trigger_preset_menu")
    mona.settle()
    return "rule-new"


def step_form(mona: Person) -> str:
    """One step, opened in place."""
    rule_form(mona)
    mona.page.locator(".o_crm_trigger_steps .o_kanban_record").nth(3).click()
    mona.page.wait_for_selector(".modal .o_form_view")
    mona.settle()
    return "step-form"


def gallery(mona: Person) -> str:
    """The templates."""
    mona.open("crm-trigger-templates")
    return "gallery"


def scenario(mona: Person) -> str:
    """A scenario."""
    mona.open(f"crm-trigger-scenarios/{mona.record_id('crm_triggers.scenario_customer')}", ".o_form_view")
    return "scenario"


def enroll(mona: Person) -> str:
    """Customers are added to a scenario manually."""
    mona.open("contacts?view_type=list", ".o_list_view")
    for row in (1, 2):
        mona.page.locator(".o_data_row .o_list_record_selector input").nth(row).click()
    mona.page.click(".o_cp_action_menus .dropdown-toggle:has(.fa-cog)")
    mona.page.get_by_role("menuitem", name="scena").or_(mona.page.get_by_role("menuitem", name="scéna")).click()
    mona.page.wait_for_selector(".modal [name=sentence]")
    mona.settle()
    return "enroll"


def executions(mona: Person) -> str:
    """What rules did and plan to do."""
    mona.open("crm-trigger-executions")
    return "executions"


def executions_pivot(mona: Person) -> str:
    """The same as a pivot table."""
    mona.open("crm-trigger-executions?view_type=pivot")
    return "executions-pivot"


def executions_graph(mona: Person) -> str:
    """The same as a graph."""
    mona.open("crm-trigger-executions?view_type=graph")
    return "executions-graph"


def execution_error(person: Person) -> str:
    """A failed step; the administrator sees where in the code."""
    failed_id = person.record_id("crm_triggers.execution_failed_mail")
    person.open(f"crm-trigger-executions/{failed_id}", ".o_form_view")
    return "execution-error"


def planned(mona: Person) -> str:
    """Planned steps, in a calendar."""
    mona.open("crm-trigger-planned")
    return "planned"


def runs(mona: Person) -> str:
    """The records that went through rules."""
    mona.open("crm-trigger-runs")
    return "runs"


def run(mona: Person) -> str:
    """One of them, with its steps."""
    mona.open(f"crm-trigger-runs/{mona.record_id('crm_triggers.run_without_email')}", ".o_form_view")
    return "run"


def settings(admin: Person) -> str:
    """The settings, with the retention period of the log."""
    admin.open("settings", ".o_form_view")
    admin.page.click(".settings_tab .tab[data-key=crm]")
    admin.page.locator("[name=crm_triggers_retention_days]").scroll_into_view_if_needed()
    admin.settle()
    return "settings"


def traceback(admin: Person) -> str:
    """The same error, as the administrator sees it."""
    execution_error(admin)
    return "execution-traceback"
