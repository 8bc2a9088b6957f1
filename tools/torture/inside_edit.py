"""Change what an upgrade might overwrite; ``inside_state.py`` prints the state."""

for cron in env.ref("crm_triggers.ir_cron_execute") | env.ref("crm_triggers.ir_cron_sweep"):
    cron.interval_number, cron.priority = 17, 3
env.ref("crm_triggers.mail_template_lead_welcome").subject = "In our own words"
rule = env["crm.trigger.rule"].search([("name", "=", "On offer")])
rule.with_context(lang="fr_FR").name = "Sur devis"
rule.step_ids[2].write({"delay_count": 2, "filter_domain": "[('priority', '!=', '3')]"})
env.ref("crm_triggers.ir_cron_sweep").active = False
