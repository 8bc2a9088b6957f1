"""What a new user does in the demo, and what they have to find. Each scene can be repeated."""

import time

from .person import LogIn, Person

# Matches a card with this name that shows a future activity.
ACTIVITY_SHOWN = """name => [...document.querySelectorAll(".o_kanban_record")].some(
    card => card.textContent.includes(name) && card.querySelector(".o-mail-ActivityButton .text-success"))"""
CRON_SECONDS = 150  # the clock runs every five minutes, and right after the server starts


def drag_the_card(log_in: LogIn) -> Person:
    """K34, K46: a salesperson drags an opportunity to Proposition and finds the activity."""
    sam = log_in("sam")
    name = f"Meeting room {time.strftime('%H:%M:%S')}"
    partner_id = sam.record_id("base.res_partner_12")
    lead_id = sam.rpc(
        "crm.lead", "create", {"name": name, "type": "opportunity", "partner_id": partner_id, "expected_revenue": 7200}
    )
    sam.open("crm", ".o_kanban_record")
    card = sam.page.locator(".o_kanban_record", has_text=name)
    column = sam.page.locator(".o_kanban_group", has_text="Proposition").bounding_box()
    card.hover()
    sam.page.mouse.down()
    sam.page.mouse.move(column["x"] + 80, column["y"] + 260, steps=20)
    sam.page.mouse.up()
    dropped = time.monotonic()
    sam.page.wait_for_function(ACTIVITY_SHOWN, arg=name)  # the page was not reloaded
    print(f"  the activity is on the card after {time.monotonic() - dropped:.2f} s", flush=True)
    sam.open(f"crm/{lead_id}", ".o_form_view")
    sam.page.get_by_text("Present the offer").first.wait_for()
    sam.keep("card-dragged")
    sam.page.click("button[name=action_view_crm_triggers]")
    sam.page.get_by_text("Call to present the offer within 2 days").wait_for()
    return sam


def send_the_quotation(log_in: LogIn) -> Person:
    """K35 to K38: a quotation is sent by email; the opportunity and the follow-up exist."""
    sam = log_in("sam")
    order_id = sam.rpc(
        "sale.order",
        "create",
        {
            "partner_id": sam.record_id("base.res_partner_10"),
            "order_line": [
                [0, 0, {"product_id": sam.record_id("product.product_delivery_01"), "product_uom_qty": 4}],
            ],
        },
    )
    sam.open(f"sales/{order_id}", ".o_form_view")
    sam.page.click("button[name=action_quotation_send]:visible")
    send = sam.page.locator(".modal button[name=action_send_mail]")
    send.wait_for()
    # Without wkhtmltopdf there is no PDF to attach, and Odoo shows a warning: only the email matters here.
    send.click()
    send.wait_for(state="detached")
    sam.open(f"sales/{order_id}", ".o_form_view")
    sam.page.get_by_text("Follow-up no. 1 of the quotation").first.wait_for()
    sam.keep("quotation-sent")
    [order] = sam.rpc("sale.order", "read", [order_id], ["state", "opportunity_id"])
    assert order["state"] == "sent", order
    [lead] = sam.rpc("crm.lead", "read", [order["opportunity_id"][0]], ["stage_id"])
    assert lead["stage_id"][1] == "Proposition", lead
    sam.page.click("button[name=action_view_crm_triggers]")
    sam.page.get_by_text("Follow-up no. 2: email after 7 days").wait_for()
    sam.settle()
    sam.keep("quotation-plan")
    return sam


def open_the_contract(log_in: LogIn) -> Person:
    """K47 to K52: the contract that ends in thirty days has its activity, its note and its email."""
    mona = log_in("manager")
    contract_id = mona.record_id("crm_triggers_contract.contract_maintenance")
    domain = [["res_model", "=", "contract.contract"], ["res_id", "=", contract_id], ["state", "=", "done"]]
    deadline = time.monotonic() + CRON_SECONDS
    while mona.rpc("crm.trigger.execution", "search_count", domain) < 4:
        assert time.monotonic() < deadline, "the clock did not find the contract"
        time.sleep(2)
    mona.open(f"contract.contract/{contract_id}", ".o_form_view")
    mona.page.get_by_text("Renewal to be arranged").first.wait_for()
    mona.page.get_by_text("The end of this contract is near").first.wait_for()
    mona.keep("contract")
    admin = log_in("admin")
    mails = admin.rpc(
        "mail.mail",
        "search_read",
        [["model", "=", "contract.contract"], ["res_id", "=", contract_id], ["subject", "like", "ends soon"]],
        ["state"],
    )
    assert [mail["state"] for mail in mails] == ["outgoing"], mails
    return mona


def speak_french(log_in: LogIn) -> Person:
    """A salesperson of the other company works in French and sees nothing of the first."""
    zoe = log_in("zoe")
    zoe.open("crm", ".o_kanban_view")
    zoe.page.get_by_text("Déclencheurs").first.wait_for()
    companies = zoe.rpc("crm.trigger.execution", "search_read", [], ["company_id"])
    assert {line["company_id"][1] for line in companies if line["company_id"]} <= {"YourCompany Lyon"}, companies
    return zoe


SCENES = (drag_the_card, send_the_quotation, open_the_contract, speak_french)
