"""RECORDS quotations to be discounted, sent, confirmed and partly invoiced, with a coupon for each customer, and as
many opportunities to be quoted; all due at once.
"""

from odoo.fields import Command

owner = env.ref("base.user_admin")
owner.email = "owner@example.com"
quiet = env(context={**env.context, "mail_auto_subscribe_no_notify": True, "tracking_disable": True})
product = env["product.product"].create({"name": "Torture", "type": "service", "invoice_policy": "order"})
line = {"product_id": product.id, "price_unit": 100, "tax_ids": False}
program = env["loyalty.program"].create({"name": "Torture", "program_type": "coupons"})
template = env["sale.order.template"].create(
    {"name": "Torture", "sale_order_template_line_ids": [Command.create({"product_id": product.id})]}
)
partners = quiet["res.partner"].create(
    [{"name": f"Torture {i}", "email": f"torture{i}@example.com", "user_id": owner.id} for i in range(2 * RECORDS)]
)
order_values = {"order_line": [Command.create(line)], "user_id": owner.id}
orders = quiet["sale.order"].create([{**order_values, "partner_id": partner.id} for partner in partners[:RECORDS]])
leads = quiet["crm.lead"].create(
    [
        {"name": partner.name, "type": "opportunity", "partner_id": partner.id, "user_id": owner.id}
        for partner in partners[RECORDS:]
    ]
)
for records, steps in (
    (
        orders,
        [
            {"kind": "discount", "discount_percent": 10},
            {"kind": "send"},
            {"kind": "confirm"},
            {"kind": "down_payment", "down_payment_percent": 30, "invoice_then": "posted"},
            {"kind": "coupon", "coupon_program_id": program.id, "coupon_days": 30},
        ],
    ),
    (leads, [{"kind": "quotation", "quotation_template_id": template.id}]),
):
    rule = env["crm.trigger.rule"].create(
        {
            "name": f"Torture of {records._name}",
            "model_id": env["ir.model"]._get_id(records._name),
            "user_id": owner.id,
            "trigger": "manual",
            "step_ids": [Command.create({"sequence": i, "name": step["kind"], **step}) for i, step in enumerate(steps)],
        }
    )
    rule.action_activate()
    env.cr.commit()
    rule.enroll(records.with_env(env))
