"""Many records with due steps: RECORDS of them, KINDS of steps, CODE for each record; ENROLL decides whether they
are due immediately.
"""

from odoo.fields import Command

todo = env.ref("mail.mail_activity_data_todo")
owner = env.ref("base.user_admin")
template = env.ref("crm_triggers.mail_template_customer_news")
code = "\n    ".join(["for record in records:", *CODE.splitlines()])
steps = {
    "task": {"kind": "activity", "name": "Call", "activity_type_id": todo.id},
    "code": {"kind": "other", "name": "Count", "state": "code", "code": code},
    "mail": {"kind": "mail", "name": "Mail", "template_id": template.id},
}
owner.email = "owner@example.com"
# Odoo's own emails about new contacts must not be counted.
quiet = env["res.partner"].with_context(mail_auto_subscribe_no_notify=True, tracking_disable=True)
partners = quiet.create(
    [{"name": f"Torture {i}", "email": f"torture{i}@example.com", "user_id": owner.id} for i in range(RECORDS)]
)
rule = env["crm.trigger.rule"].create(
    {
        "name": "Torture",
        "model_id": env["ir.model"]._get_id("res.partner"),
        "user_id": owner.id,
        "trigger": "manual",
        "step_ids": [Command.create({"sequence": i, **steps[kind]}) for i, kind in enumerate(KINDS)],
    }
)
rule.action_activate()
env.cr.commit()
if ENROLL:
    rule.enroll(env["res.partner"].browse(partners.ids))
