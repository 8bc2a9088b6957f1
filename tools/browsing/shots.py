"""The pictures of the papers, in English and French: docs/images/<name>.png and docs/images/fr/<name>.png."""

import sys

from .person import browser

LANGUAGES = {"en_US": "", "fr_FR": "fr/"}
PANEL = "button[name=action_view_crm_triggers]:visible"


def rules(mona):
    """The list of rules."""
    mona.open("crm-triggers")
    return "rules"


def rules_list(mona):
    """The same as a list."""
    mona.open("crm-triggers")
    mona.page.click("button.o_switch_view.o_list")
    mona.page.wait_for_selector(".o_list_view .o_data_row")
    mona.settle()
    return "rules-list"


def rules_search(mona):
    """What rules are found by."""
    mona.open("crm-triggers")
    mona.page.click(".o_searchview_dropdown_toggler")
    mona.settle()
    return "rules-search"


def rule_form(mona):
    """A rule with its steps."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_quotation_sent')}", ".o_form_view")
    return "rule-form"


def rule_safeguards(mona):
    """The same, scrolled to its safeguards."""
    rule_form(mona)
    mona.page.locator("[name=exclude_internal]").scroll_into_view_if_needed()
    mona.settle()
    return "rule-safeguards"


def rule_date(mona):
    """A rule about a date, with the technical choices unfolded."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers_contract.rule_contract_ends')}", ".o_form_view")
    mona.page.click("[name=show_advanced] input")
    mona.settle()
    return "rule-date"


def rule_test(mona):
    """A rule on trial."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_invoice_overdue')}", ".o_form_view")
    return "rule-test"


def rule_switch_on(mona):
    """Switching it on: which records are so already, and whether they are meant."""
    mona.open(f"crm-triggers/{mona.record_id('crm_triggers.rule_order_satisfaction')}", ".o_form_view")
    mona.page.click("button[name=action_switch_on]")
    mona.page.locator(".modal .o_radio_input").nth(1).click()
    mona.page.wait_for_selector(".modal .o_crm_trigger_names")
    mona.settle()
    return "rule-switch-on"


def help_page(mona):
    """The help about rules on a date."""
    rule_test(mona)
    mona.page.click(".o_crm_trigger_help_link")
    mona.page.wait_for_selector(".modal .nav-link.active")
    mona.settle()
    return "help"


def rule_new(mona):
    """A new rule: what can happen, in sales words."""
    mona.open("crm-triggers/new", ".o_form_view")
    mona.page.click(".o_crm_trigger_preset input")
    mona.page.wait_for_selector(".o_crm_trigger_preset_menu")
    mona.settle()
    return "rule-new"


def step_form(mona):
    """One step, opened in place."""
    rule_form(mona)
    mona.page.locator(".o_crm_trigger_steps .o_kanban_record").nth(3).click()
    mona.page.wait_for_selector(".modal .o_form_view")
    mona.settle()
    return "step-form"


def gallery(mona):
    """The ready rules."""
    mona.open("crm-trigger-templates")
    return "gallery"


def scenario(mona):
    """A scenario."""
    mona.open(f"crm-trigger-scenarios/{mona.record_id('crm_triggers.scenario_customer')}", ".o_form_view")
    return "scenario"


def enroll(mona):
    """Customers are put into a scenario by hand."""
    mona.open("contacts?view_type=list", ".o_list_view")
    for row in (1, 2):
        mona.page.locator(".o_data_row .o_list_record_selector input").nth(row).click()
    mona.page.click(".o_cp_action_menus .dropdown-toggle:has(.fa-cog)")
    mona.page.get_by_role("menuitem", name="scena").or_(mona.page.get_by_role("menuitem", name="scéna")).click()
    mona.page.wait_for_selector(".modal [name=sentence]")
    mona.settle()
    return "enroll"


def executions(mona):
    """What rules did and plan to do."""
    mona.open("crm-trigger-executions")
    return "executions"


def executions_pivot(mona):
    """The same, counted."""
    mona.open("crm-trigger-executions?view_type=pivot")
    return "executions-pivot"


def executions_graph(mona):
    """The same over time."""
    mona.open("crm-trigger-executions?view_type=graph")
    return "executions-graph"


def execution_error(person):
    """A step that failed; the administrator sees where in the code."""
    failed_id = person.record_id("crm_triggers.execution_failed_mail")
    person.open(f"crm-trigger-executions/{failed_id}", ".o_form_view")
    return "execution-error"


def planned(mona):
    """What is planned, in a calendar."""
    mona.open("crm-trigger-planned")
    return "planned"


def runs(mona):
    """The records that went through rules."""
    mona.open("crm-trigger-runs")
    return "runs"


def run(mona):
    """One of them, with its steps."""
    mona.open(f"crm-trigger-runs/{mona.record_id('crm_triggers.run_without_email')}", ".o_form_view")
    return "run"


def lead_triggers(mona):
    """An opportunity after it was dragged to Proposition, with the activity of the rule."""
    lead_id = mona.record_id("crm_triggers.lead_sam")
    mona.rpc("crm.lead", "write", [lead_id], {"stage_id": mona.record_id("crm.stage_lead3")})
    mona.open(f"crm/{lead_id}", ".o_form_view")
    return "lead-triggers"


def panel_lead(mona):
    """What rules did for an opportunity."""
    _open_panel(mona, f"crm/{mona.record_id('crm_triggers.lead_sam_canteen')}")
    return "panel-lead"


def panel_quotation(mona):
    """What they did and plan for a quotation."""
    _open_panel(mona, f"sales/{mona.record_id('crm_triggers.order_planned')}")
    return "panel-quotation"


def panel_error(mona):
    """What failed for another one."""
    _open_panel(mona, f"sales/{mona.record_id('crm_triggers.order_failed')}")
    return "panel-error"


def panel_invoice(mona):
    """What a rule on trial would have done for an invoice."""
    rule_id = mona.record_id("crm_triggers.rule_invoice_overdue")
    [line, *_others] = mona.rpc("crm.trigger.execution", "search_read", [["rule_id", "=", rule_id]], ["res_id"])
    _open_panel(mona, f"customer-invoices/{line['res_id']}")
    return "panel-invoice"


def panel_contact(mona):
    """Where a customer is in a scenario."""
    _open_panel(mona, f"contacts/{mona.record_id('base.res_partner_3')}")
    return "panel-contact"


def panel_contract(mona):
    """What was done for a contract that ends."""
    _open_panel(mona, f"contract.contract/{mona.record_id('crm_triggers_contract.contract_maintenance')}")
    return "panel-contract"


def panel_empty(mona):
    """A quotation that no rule has met."""
    _open_panel(mona, f"sales/{mona.record_id('crm_triggers.order_sam')}")
    return "panel-empty"


def explanation(mona):
    """Why a rule did not fire."""
    panel_empty(mona)
    mona.page.click(".o_crm_trigger_ask")
    rule_id = mona.record_id("crm_triggers.rule_quotation_sent")
    mona.page.select_option(".o_crm_trigger_explanation select", str(rule_id))
    mona.settle()
    return "explanation"


def _open_panel(person, path):
    person.open(path, ".o_form_view")
    if not person.page.locator(PANEL).count():
        person.page.click(".o_button_more")
    person.page.click(PANEL)
    person.page.wait_for_selector(".o_crm_trigger_panel")
    person.settle()


def stage_gear(mona):
    """The gear of a stage leads to its rules."""
    mona.open("crm", ".o_kanban_view")
    mona.page.click(".o_facet_remove")
    mona.page.wait_for_selector(".o_kanban_record:not(.o_sample_data_disabled *)")
    column = mona.page.locator(".o_kanban_group").nth(2)
    column.locator(".o_kanban_header").hover()
    column.locator(".o_group_config button").click()
    mona.page.wait_for_selector(".o_crm_stage_triggers")
    mona.settle()
    return "stage-gear"


def stage_rules(mona):
    """The rules of that stage."""
    stage_gear(mona)
    mona.page.click(".o_crm_stage_triggers")
    mona.page.wait_for_selector(".o_list_view .o_data_row")
    mona.settle()
    return "stage-rules"


def settings(admin):
    """How long the log is kept."""
    admin.open("settings", ".o_form_view")
    admin.page.click(".settings_tab .tab[data-key=crm]")
    admin.page.locator("[name=crm_triggers_retention_days]").scroll_into_view_if_needed()
    admin.settle()
    return "settings"


def traceback(admin):
    """The same error, as the administrator sees it."""
    execution_error(admin)
    return "execution-traceback"


PICTURES = {
    "manager": (
        lead_triggers,
        rules,
        rules_list,
        rules_search,
        rule_form,
        rule_safeguards,
        rule_date,
        rule_test,
        rule_switch_on,
        help_page,
        rule_new,
        step_form,
        gallery,
        scenario,
        enroll,
        executions,
        executions_pivot,
        executions_graph,
        execution_error,
        planned,
        runs,
        run,
        panel_lead,
        panel_quotation,
        panel_error,
        panel_invoice,
        panel_contact,
        panel_contract,
        panel_empty,
        explanation,
        stage_gear,
        stage_rules,
    ),
    "admin": (settings, traceback),
}


def shoot(log_in, login, names):
    """Take the named pictures of one person, all without a name, in every language; return the
    errors that the browser told of."""
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


def main(names):
    """Take the named pictures, all without a name."""
    with browser() as log_in:
        errors = [error for login in PICTURES for error in shoot(log_in, login, names)]
    print("\n".join(errors))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
