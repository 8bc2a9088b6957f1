"""Check that each of RECORDS quotations and opportunities had all its money steps, each once."""

from collections import Counter

orders = env["sale.order"].search([("partner_id.name", "like", "Torture %"), ("opportunity_id", "=", False)])
leads = env["crm.lead"].search([("name", "like", "Torture %")])
states = Counter(env["crm.trigger.execution"].search([]).mapped("state"))
sent = Counter(env["mail.message"].search([("model", "=", "sale.order"), ("mail_ids", "!=", False)]).mapped("res_id"))
cards = Counter(card.partner_id.id for card in env["loyalty.card"].search([]))
incentives = Counter(incentive.order_id.id for incentive in env["crm.trigger.incentive"].search([]))
counts = {
    "discounts": Counter(incentives[order.id] for order in orders),
    "emails": Counter(sent[order.id] for order in orders),
    "confirmed": Counter(int(order.state == "sale") for order in orders),
    "invoices": Counter(len(order.invoice_ids) for order in orders),
    "coupons": Counter(cards[order.partner_id.id] for order in orders),
    "quotations": Counter(len(lead.order_ids) for lead in leads),
}
print("STATE for each record:", *(f"{name} {dict(count)}" for name, count in counts.items()))
print("STATE", dict(states), "invoiced", sum(orders.invoice_ids.mapped("amount_untaxed")))
assert states == {"done": 6 * RECORDS}, states
assert len(orders) == len(leads) == RECORDS
assert all(count == {1: RECORDS} for count in counts.values()), counts
assert set(orders.invoice_ids.mapped("state")) == {"posted"}
lines = orders.order_line.filtered(lambda line: not (line.is_downpayment or line.display_type))
assert lines.mapped("discount") == [10] * RECORDS
assert set(orders.invoice_ids.mapped("amount_untaxed")) == {27}
