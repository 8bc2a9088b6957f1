"""Print what users and rules created, as it must be after an upgrade."""

# Columns an upgrade may change: last writer and time.
stamps = {"create_uid", "create_date", "write_uid", "write_date", "__last_update"}
tables = ["crm_trigger_rule", "crm_trigger_step", "crm_trigger_run", "crm_trigger_execution", "crm_trigger_attempt"]
for table in tables:
    env.cr.execute(f"SELECT * FROM {table} ORDER BY id")  # names of our own # nosec B608
    for row in env.cr.dictfetchall():
        print("STATE", table, sorted((name, str(value)) for name, value in row.items() if name not in stamps))
for name in ("ir_cron_execute", "ir_cron_sweep"):
    cron = env.ref(f"crm_triggers.{name}")
    print("STATE", name, cron.interval_number, cron.interval_type, cron.priority, cron.active)
print("STATE template", env.ref("crm_triggers.mail_template_lead_welcome").subject)
for action in env["crm.trigger.step"].search([], order="id").action_id:
    print("STATE action", action.id, action.state, action.usage, action.template_id.id, action.code)
