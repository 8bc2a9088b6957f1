"""Check that a rule that always fails is paused and its owner notified once."""

rule = env["crm.trigger.rule"].search([("name", "=", "Torture")])
failed = rule.run_ids.execution_ids.grouped("state")
print("STATE", rule.state, {state: len(lines) for state, lines in failed.items()}, f"{len(rule.activity_ids)} alerts")
print("STATE", *rule.activity_ids.mapped("summary"))
assert rule.state == "paused"
assert len(rule.activity_ids) == 1
assert not any(env["res.partner"].browse(rule.run_ids.mapped("res_id")).mapped("color"))
