"""Another rule on the same records: it fires when a user sets a contact's job position."""

from odoo.fields import Command

rule = env["crm.trigger.rule"].create(
    {
        "name": "Torture of people",
        "model_id": env["ir.model"]._get_id("res.partner"),
        "user_id": env.ref("base.user_admin").id,
        "trigger": "match",
        "filter_domain": "[('function', '=', 'Buyer')]",
        "step_ids": [
            Command.create(
                {
                    "kind": "activity",
                    "name": "Visit",
                    "activity_summary": "Visit",
                    "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
                }
            )
        ],
    }
)
rule.action_activate()
