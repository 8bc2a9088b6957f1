"""Pictures of what rules do on a record: each function opens the screen of the picture it is named after."""

from .person import Person

PANEL = "button[name=action_view_crm_triggers]:visible"


def lead_triggers(mona: Person) -> None:
    """An opportunity after it was dragged to Proposition, with the activity of the rule."""
    lead_id = mona.record_id("crm_triggers.lead_sam")
    mona.rpc("crm.lead", "write", [lead_id], {"stage_id": mona.record_id("crm.stage_lead3")})
    mona.open(f"crm/{lead_id}", ".o_form_view")


def panel_lead(mona: Person) -> None:
    """What rules did for an opportunity."""
    _open_panel(mona, f"crm/{mona.record_id('crm_triggers.lead_sam_canteen')}")


def panel_quotation(mona: Person) -> None:
    """What they did and plan for a quotation."""
    _open_panel(mona, f"sales/{mona.record_id('crm_triggers.order_planned')}")


def panel_error(mona: Person) -> None:
    """What failed for another one."""
    _open_panel(mona, f"sales/{mona.record_id('crm_triggers.order_failed')}")


def panel_invoice(mona: Person) -> None:
    """What a rule on trial would have done for an invoice."""
    rule_id = mona.record_id("crm_triggers.rule_invoice_overdue")
    [line, *_others] = mona.rpc("crm.trigger.execution", "search_read", [["rule_id", "=", rule_id]], ["res_id"])
    _open_panel(mona, f"customer-invoices/{line['res_id']}")


def panel_contact(mona: Person) -> None:
    """Where a customer is in a scenario."""
    _open_panel(mona, f"contacts/{mona.record_id('base.res_partner_3')}")


def panel_contract(mona: Person) -> None:
    """What was done for a contract that ends."""
    _open_panel(mona, f"contract.contract/{mona.record_id('crm_triggers_contract.contract_maintenance')}")


def panel_empty(mona: Person) -> None:
    """A quotation that no rule has met."""
    _open_panel(mona, f"sales/{mona.record_id('crm_triggers.order_sam')}")


def explanation(mona: Person) -> None:
    """Why a rule did not fire."""
    panel_empty(mona)
    mona.page.click(".o_crm_trigger_ask")
    rule_id = mona.record_id("crm_triggers.rule_quotation_sent")
    mona.page.select_option(".o_crm_trigger_explanation select", str(rule_id))
    mona.settle()


def _open_panel(person: Person, path: str) -> None:
    person.open(path, ".o_form_view")
    if not person.page.locator(PANEL).count():
        person.page.click(".o_button_more")
    person.page.click(PANEL)
    person.page.wait_for_selector(".o_crm_trigger_panel")
    person.settle()


def stage_gear(mona: Person) -> None:
    """The gear of a stage leads to its rules."""
    mona.open("crm", ".o_kanban_view")
    mona.page.click(".o_facet_remove")
    mona.page.wait_for_selector(".o_kanban_record:not(.o_sample_data_disabled *)")
    column = mona.page.locator(".o_kanban_group").nth(2)
    column.locator(".o_kanban_header").hover()
    column.locator(".o_group_config button").click()
    mona.page.wait_for_selector(".o_crm_stage_triggers")
    mona.settle()


def stage_rules(mona: Person) -> None:
    """The rules of that stage."""
    stage_gear(mona)
    mona.page.click(".o_crm_stage_triggers")
    mona.page.wait_for_selector(".o_list_view .o_data_row")
    mona.settle()
