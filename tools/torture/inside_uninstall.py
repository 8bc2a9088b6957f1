"""Uninstall as the Apps menu does, and continue to use the CRM."""

env["ir.module.module"].search([("name", "=", "crm_triggers")]).button_immediate_uninstall()
env.transaction.reset()  # the registry was replaced
lead = env["crm.lead"].search([("name", "like", "Torture")], limit=1)
arch = lead.get_views([(False, "form"), (False, "kanban"), (False, "list")])
assert "crm_trigger" not in str(arch), "the views still speak of triggers"
assert lead.activity_ids, "what rules did stays"
lead.stage_id = env["crm.stage"].search([], limit=1)
lead.create({"name": "Another"})
env.flush_all()
