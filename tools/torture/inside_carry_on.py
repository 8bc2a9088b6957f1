"""Make the plans of before the upgrade due."""

planned = env["crm.trigger.execution"].search([("state", "=", "scheduled"), ("step_name", "=", "Mail")])
assert len(planned) == 6, f"{len(planned)} planned"
env.cr.execute("UPDATE crm_trigger_execution SET scheduled_at = '2026-01-01' WHERE id IN %s", [planned._ids])
env.cr.commit()
env.invalidate_all()
env["crm.trigger.execution"]._work()
assert planned.mapped("state") == ["done"] * 6, planned.mapped("state")
mails = env["mail.message"].browse(planned.mapped("result_id")).mail_ids
assert mails.mapped("subject") == ["In our own words"] * 6, mails.mapped("subject")
