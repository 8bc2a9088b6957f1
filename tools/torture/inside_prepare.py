"""Many records, and a rule with a task, a change and a mail that they will enter."""

from odoo.fields import Command

# Counts, and notes which process did it: Odoo puts its number into the name of the connection.
CODE = """
env.cr.execute("SELECT current_setting('application_name')")
process = env.cr.fetchone()[0]
for record in records:
    record.write({'color': record.color + 1, 'ref': process})
"""

todo = env.ref("mail.mail_activity_data_todo")
owner = env.ref("base.user_admin")
template = env.ref("crm_triggers.mail_template_customer_news")
partners = env["res.partner"].create(
    [{"name": f"Torture {i}", "email": f"torture{i}@example.com", "user_id": owner.id} for i in range(RECORDS)]
)
rule = env["crm.trigger.rule"].create(
    {
        "name": "Torture",
        "model_id": env["ir.model"]._get_id("res.partner"),
        "user_id": owner.id,
        "trigger": "manual",
        "step_ids": [
            Command.create({"sequence": 1, "kind": "activity", "name": "Call", "activity_type_id": todo.id}),
            Command.create(
                {
                    "sequence": 2,
                    "kind": "other",
                    "name": "Count",
                    "state": "code",
                    "code": CODE,
                }
            ),
            Command.create({"sequence": 3, "kind": "mail", "name": "Mail", "template_id": template.id}),
        ],
    }
)
rule.action_activate()
# Nothing else is to happen on the machines that are started.
env["ir.cron"].search([("id", "!=", env.ref("crm_triggers.ir_cron_execute").id)]).active = False
