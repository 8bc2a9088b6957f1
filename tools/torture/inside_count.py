"""Check that all was done once, whatever was killed."""

rule = env["crm.trigger.rule"].search([("name", "=", "Torture")])
partners = env["res.partner"].browse(rule.run_ids.mapped("res_id"))
executions = rule.run_ids.execution_ids
states = {state: len(lines) for state, lines in executions.grouped("state").items()}
env["crm.trigger.attempt"]._gc_ended()
print("STATE", states)
assert not env["crm.trigger.attempt"].search_count([]), "interruptions left"
assert len(partners) == RECORDS
assert states == {"done": 3 * RECORDS}, states
assert [len(partner.activity_ids) for partner in partners] == [1] * RECORDS, "a task twice or never"
assert partners.mapped("color") == [1] * RECORDS, "a change twice or never"
# Other mails tell a salesperson that a contact is his.
mails = env["mail.mail"].search([("res_id", "in", partners.ids), ("subject", "like", "What is new at")])
assert sorted(mails.mapped("res_id")) == sorted(partners.ids), f"{len(mails)} mails: one twice or never"
