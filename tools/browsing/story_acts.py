"""The acts of the story: what the people of a small company do, and what the rules do for them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page

from .person import SETTLE_MS, Person

if TYPE_CHECKING:
    from .story import Look, Story

MODULE = "crm_triggers_example"
_SLOW_MS = 120_000  # what a server does for the first time: an installation, the scripts of a page


def _stage_of(story: Story, lead_id: int | None) -> Any:
    [lead] = story.sam.rpc("crm.lead", "read", [lead_id], ["stage_id"])
    return lead["stage_id"][0]


def _wait_for_stage(story: Story, name: str, lead_id: int | None = None) -> None:
    lead_id, stage_id = lead_id or story.seen["lead"], story.alice.record_id(f"{MODULE}.stage_{name}")
    story.wait(f"stage {name}", lambda: _stage_of(story, lead_id) == stage_id)


def _wait_for_task(story: Story, model: str, res_id: int, step: str) -> Any:
    """Return the id of the open activity that a step of the example planned on a record, once it is there."""
    step_id = story.alice.record_id(f"{MODULE}.{step}")
    [values] = story.alice.rpc("crm.trigger.step", "read", [step_id], ["activity_summary"])
    summary = values["activity_summary"]
    domain = [["res_model", "=", model], ["res_id", "=", res_id], ["summary", "=", summary]]
    [task_id] = story.wait(summary, lambda: story.alice.rpc("mail.activity", "search", domain))
    return task_id


def _show(story: Story, person: Person, path: str, selector: str = ".o_form_view", text: str | None = None) -> Look:
    """Return a function that opens a page, and scrolls to a part of it."""

    def look() -> None:
        person.open(path, selector)
        if text:
            person.page.get_by_text(text).first.scroll_into_view_if_needed()

    return look


def _show_pipeline(story: Story) -> Look:
    """Return a function that opens the pipeline of the example."""
    team_id = story.alice.record_id(f"{MODULE}.team")

    def look() -> None:
        story.sam.open(f"crm.team/{team_id}/action-crm.crm_case_form_view_salesteams_opportunity", ".o_kanban_view")

    return look


def _show_triggers(story: Story, person: Person, path: str) -> Look:
    """Return a function that opens the panel of a record."""

    def look() -> None:
        person.open(path, ".o_form_view")
        person.page.click("button[name=action_view_crm_triggers]")
        person.page.wait_for_selector(".o_crm_trigger_panel")
        person.settle()

    return look


def install(story: Story) -> None:
    """K62: one click on an empty page installs a whole process."""
    alice = story.alice
    story.shot(alice, "install", _show(story, alice, "crm-trigger-templates", ".o_kanban_view"))
    alice.open("crm-trigger-templates", ".o_kanban_view")
    alice.page.click(".o_crm_trigger_example")
    alice.page.get_by_text(re.compile("Ex[ae]mple 1")).first.wait_for(timeout=_SLOW_MS)
    story.shot(alice, "rules", _show(story, alice, "crm-triggers", ".o_kanban_view"))
    rule_id = alice.record_id(f"{MODULE}.rule_request")
    step_id = alice.record_id(f"{MODULE}.step_request_1")
    [sam] = alice.rpc("res.users", "search", [["login", "=", "sam"]])
    alice.rpc("crm.trigger.step", "write", [step_id], {"assign_user_ids": [[6, 0, [sam]]]})
    story.shot(alice, "rule", _show(story, alice, f"crm-triggers/{rule_id}"))


def ask(story: Story) -> None:
    """A visitor submits the form of the website."""

    request = story.cast.request

    def look(page: Page) -> None:
        page.goto(f"{story.url}/example-request")
        page.wait_for_timeout(SETTLE_MS)  # the form empties its fields when it is ready
        for name, value in request.items():
            page.fill(f".s_website_form [name={name}]", value)

    story.shot_visit("form", look)
    story.page.click(".s_website_form_send")
    story.page.wait_for_url("**/contactus-thank-you")
    domain = [["name", "=", request["name"]]]
    [story.seen["lead"]] = story.wait("lead", lambda: story.alice.rpc("crm.lead", "search", domain))


def call(story: Story) -> None:
    """K25, K33, K45: Sam has the request and its call within a second; after the call it is qualified."""
    sam, lead_id = story.sam, story.seen["lead"]
    his = [["id", "=", lead_id], ["user_id.login", "=", "sam"]]
    story.wait("salesperson", lambda: sam.rpc("crm.lead", "search", his))
    task_id = _wait_for_task(story, "crm.lead", lead_id, "step_request_3")
    story.shot(sam, "request", _show(story, sam, f"crm/{lead_id}"))
    sam.open(f"crm/{lead_id}", ".o_form_view")
    sam.rpc("mail.activity", "action_feedback", [task_id], feedback=story.cast.feedback)
    _wait_for_stage(story, "qualified")
    _wait_for_task(story, "crm.lead", lead_id, "step_called_3")
    story.shot(sam, "qualified", _show(story, sam, f"crm/{lead_id}"))


def meet(story: Story) -> None:
    """K13, K32: the meeting moves the card; when it is over, a draft of the quotation exists."""
    sam, lead_id = story.sam, story.seen["lead"]
    tomorrow = datetime.combine(date.today() + timedelta(days=1), datetime.min.time()) + timedelta(hours=9)
    values = {"name": story.cast.visit, "opportunity_id": lead_id}
    values |= {"start": str(tomorrow), "stop": str(tomorrow + timedelta(hours=1))}
    sam.rpc("calendar.event", "create", values)
    _wait_for_stage(story, "meeting")
    story.shot(sam, "pipeline", _show_pipeline(story))
    story.later(2)
    _wait_for_task(story, "crm.lead", lead_id, "step_meeting_held_2")
    [story.seen["order"]] = sam.rpc("sale.order", "search", [["opportunity_id", "=", lead_id]])
    story.shot(sam, "held", _show(story, sam, f"crm/{lead_id}"))


def quote(story: Story) -> None:
    """K35 to K38: once it is sent, its activity is done, the card moves, three follow-ups are planned."""
    sam, order_id = story.sam, story.seen["order"]
    sam.open(f"sales/{order_id}", ".o_form_view")
    sam.page.click("button[name=action_quotation_send]:visible")
    send = sam.page.locator(".modal button[name=action_send_mail]")
    send.wait_for()
    send.click()
    send.wait_for(state="detached")
    _wait_for_stage(story, "quotation")
    story.shot(sam, "sent", _show_triggers(story, sam, f"sales/{order_id}"))
    story.later(4)
    _wait_for_task(story, "sale.order", order_id, "step_followup_1")


def answer(story: Story) -> None:
    """K10, Z12: the customer opens the quotation and answers; the follow-ups stop."""
    sam, order_id = story.sam, story.seen["order"]
    [order] = story.alice.rpc("sale.order", "read", [order_id], ["access_token", "access_url"])
    story.seen["portal"] = f"{order['access_url']}?access_token={order['access_token']}"
    story.shot_visit("portal", lambda page: page.goto(f"{story.url}{story.seen['portal']}"))
    box = story.page.locator(".o-mail-Composer-input").first
    box.wait_for(timeout=_SLOW_MS)
    box.fill(story.cast.question)
    story.page.locator(".o-mail-Composer-send, button[name=send-message]").first.click()
    _wait_for_stage(story, "negotiation")
    _wait_for_task(story, "sale.order", order_id, "step_answered_2")
    story.shot(sam, "answered", _show_triggers(story, sam, f"sales/{order_id}"))


def sign(story: Story) -> None:
    """Z14, K36, K41, K43: signed on the portal: won, a customer, a down-payment invoice as a draft."""
    sam, page, order_id = story.sam, story.page, story.seen["order"]
    story.later(1)
    page.goto(f"{story.url}{story.seen['portal']}")
    page.locator("[data-bs-target='#modalaccept']:visible").first.click()
    page.fill(".modal .o_web_sign_name_input", story.cast.request["contact_name"])
    page.wait_for_timeout(1500)
    page.click(".modal .o_portal_sign_submit")
    _wait_for_stage(story, "won")
    story.work()
    domain = [["line_ids.sale_line_ids.order_id", "=", order_id]]
    [invoice_id] = story.wait("down payment", lambda: story.alice.rpc("account.move", "search", domain))
    story.seen["invoice"] = invoice_id
    story.shot(sam, "signed", _show_triggers(story, sam, f"sales/{order_id}"))
    story.shot(sam, "won", _show(story, sam, f"crm/{story.seen['lead']}"))


def invoice(story: Story) -> None:
    """K60: reminded before and after the due date, until it is paid; a satisfaction message after a month."""
    alice, invoice_id = story.alice, story.seen["invoice"]
    due = date.today() + timedelta(days=21)
    alice.rpc("account.move", "write", [invoice_id], {"invoice_date": str(date.today()), "invoice_date_due": str(due)})
    alice.rpc("account.move", "action_post", [invoice_id])
    story.later(19)
    _wait_for_mails(story, "account.move", invoice_id, 1)
    story.later(10)
    _wait_for_mails(story, "account.move", invoice_id, 2)
    story.shot(alice, "overdue", _show_triggers(story, alice, f"customer-invoices/{invoice_id}"))
    context = {"active_model": "account.move", "active_ids": [invoice_id]}
    wizard_id = alice.rpc("account.payment.register", "create", {}, context=context)
    alice.rpc("account.payment.register", "action_create_payments", [wizard_id], context=context)
    story.later(2)
    domain = [["step_id", "=", alice.record_id(f"{MODULE}.step_month_1")], ["state", "=", "done"]]
    story.wait("one month", lambda: alice.rpc("crm.trigger.execution", "search", domain))


def _wait_for_mails(story: Story, model: str, res_id: int, count: int) -> None:
    domain = [["model", "=", model], ["res_id", "=", res_id]]
    story.wait(f"{count} mails", lambda: story.alice.rpc("mail.mail", "search_count", domain) >= count)


def set_up(story: Story) -> None:
    """The contract is created from its template; its activity is done."""
    alice = story.alice
    [order] = alice.rpc("sale.order", "read", [story.seen["order"]], ["partner_id", "user_id"])
    product_id, start = alice.record_id(f"{MODULE}.product_care"), date.today()
    end = start + timedelta(days=364)
    line = {"product_id": product_id, "name": story.cast.line, "quantity": 1, "price_unit": 1200}
    line |= {"recurring_rule_type": "yearly", "recurring_invoicing_type": "pre-paid"}
    line |= {"date_start": str(start), "recurring_next_date": str(start), "date_end": str(end)}
    story.seen["contract"] = alice.rpc(
        "contract.contract",
        "create",
        {
            "name": story.cast.contract,
            "partner_id": order["partner_id"][0],
            "user_id": order["user_id"][0],
            "contract_template_id": alice.record_id(f"{MODULE}.contract_template"),
            "line_recurrence": True,
            "contract_line_ids": [[0, 0, line]],
        },
    )
    tasks = [["res_model", "=", "res.partner"], ["res_id", "=", order["partner_id"][0]]]
    story.wait("task of the contract closed", lambda: not alice.rpc("mail.activity", "search", tasks))


def renew(story: Story) -> None:
    """K47 to K52: 60 days before the end an opportunity, 30 days before an email and an activity."""
    sam, alice, contract_id = story.sam, story.alice, story.seen["contract"]
    story.later(305)
    domain = [["renewed_contract_id", "=", contract_id]]
    [renewal_id] = story.wait("renewal", lambda: alice.rpc("crm.lead", "search", domain))
    _wait_for_stage(story, "qualified", renewal_id)
    task_id = _wait_for_task(story, "crm.lead", renewal_id, "step_renewal_2")
    story.shot(sam, "renewal", _show_pipeline(story))
    sam.rpc("mail.activity", "action_feedback", [task_id], feedback=story.cast.second_feedback)
    story.later(30)
    _wait_for_task(story, "contract.contract", contract_id, "step_contract_30_3")
    story.shot(sam, "contract", _show_triggers(story, sam, f"contract.contract/{contract_id}"))
    sam.rpc("crm.lead", "action_set_won", [renewal_id])
    _wait_for_task(story, "crm.lead", renewal_id, "step_renewed_1")
    [contract] = alice.rpc("contract.contract", "read", [contract_id], ["contract_line_ids", "date_end"])
    end = date.fromisoformat(contract["date_end"]) + timedelta(days=365)
    alice.rpc("contract.line", "write", contract["contract_line_ids"], {"date_end": str(end)})
    story.shot(sam, "renewed", _show(story, sam, f"crm/{renewal_id}"))


def look_back(story: Story) -> None:
    """Everything that was done for this customer, in one list; nothing failed or was done twice."""
    alice = story.alice
    lines = alice.rpc("crm.trigger.execution", "search_read", [], ["state", "run_id", "step_id"])
    states = [line["state"] for line in lines]
    print("  " + ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states))), flush=True)
    assert "error" not in states, [line for line in lines if line["state"] == "error"]
    assert len({(line["run_id"][0], line["step_id"][0]) for line in lines}) == len(lines)
    story.shot(alice, "history", _show(story, alice, "crm-trigger-executions", ".o_list_view"))


def uninstall(story: Story) -> None:
    """Uninstalled in the Apps menu: the rules are deleted, users' records stay."""
    alice = story.alice
    kept = {"crm.lead": 2, "sale.order": 1, "account.move": 1, "contract.contract": 1}
    names = [["module", "=", MODULE], ["model", "=", "crm.trigger.rule"]]
    rule_ids = [line["res_id"] for line in alice.rpc("ir.model.data", "search_read", names, ["res_id"])]
    [module_id] = alice.rpc("ir.module.module", "search", [["name", "=", MODULE]])
    alice.rpc("ir.module.module", "button_immediate_uninstall", [module_id])
    for model, least in kept.items():
        count = alice.rpc(model, "search_count", [])
        print(f"  {model}: {count}", flush=True)
        assert count >= least, model
    leads = alice.rpc("crm.lead", "search_read", [], ["name", "stage_id", "team_id", "won_status"])
    print(f"  {[(lead['name'], lead['stage_id'][1], lead['won_status']) for lead in leads]}", flush=True)
    assert all(lead["won_status"] == "won" and not lead["team_id"] for lead in leads), leads
    rules = [["id", "in", rule_ids], ["active", "in", [True, False]]]
    assert not alice.rpc("crm.trigger.rule", "search_count", rules)


ACTS = (install, ask, call, meet, quote, answer, sign, invoice, set_up, renew, look_back, uninstall)
