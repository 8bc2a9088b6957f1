"""Use everything: rules, steps, runs, a planned mail, a failed step, a colleague in the group."""

from odoo.fields import Command

todo = env.ref("mail.mail_activity_data_todo")
stage_new, stage_offer = env["crm.stage"].search([], limit=2)
partner = env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
owner = env.ref("base.user_admin")
lead_values = {"type": "opportunity", "partner_id": partner.id, "user_id": owner.id, "stage_id": stage_new.id}
leads = env["crm.lead"].create([{"name": f"Torture {i}", **lead_values} for i in range(3)])
template = env.ref("crm_triggers.mail_template_lead_welcome")
scenario = env["crm.trigger.rule"].create(
    {
        "name": "Scenario",
        "model_id": env["ir.model"]._get_id("crm.lead"),
        "user_id": owner.id,
        "trigger": "manual",
        "step_ids": [Command.create({"kind": "mail", "name": "Mail", "template_id": template.id, "delay_count": 3})],
    }
)
rule = env["crm.trigger.rule"].create(
    {
        "name": "On offer",
        "model_id": env["ir.model"]._get_id("crm.lead"),
        "user_id": owner.id,
        "trigger": "match",
        "filter_domain": str([("stage_id", "=", stage_offer.id)]),
        "step_ids": [
            Command.create({"sequence": 1, "kind": "activity", "name": "Call", "activity_type_id": todo.id}),
            Command.create({"sequence": 2, "kind": "enroll", "name": "Go on", "scenario_id": scenario.id}),
            Command.create(
                {"sequence": 3, "kind": "mail", "name": "Mail", "template_id": template.id, "delay_count": 1}
            ),
            Command.create({"sequence": 4, "kind": "other", "name": "Code", "state": "code", "code": "1 / 0"}),
        ],
    }
)
(scenario | rule).action_activate()
env.cr.commit()
leads.stage_id = stage_offer
env.cr.commit()
env["crm.trigger.execution"]._work()
failing = env["crm.trigger.execution"].search([("step_name", "=", "Mail")], limit=1)
rule._tell_of_failure({"en_US": "Something"})
env["crm.trigger.attempt"].create({"execution_id": failing.id, "count": 1})
env.ref("crm_triggers.ir_cron_execute")._trigger()
env["ir.config_parameter"].set_param("torture.kept", "yes")
