"""Check that all of KINDS was done once per record, except those named in LEFT_OUT."""

rule = env["crm.trigger.rule"].search([("name", "=", "Torture")])
partners = env["res.partner"].browse(rule.run_ids.mapped("res_id"))
left_out = partners.filtered(lambda partner: partner.name in LEFT_OUT)
sound = partners - left_out
executions = rule.run_ids.execution_ids
states = {state: len(lines) for state, lines in executions.grouped("state").items()}
others = {state: len(lines) for state, lines in executions.grouped("state").items() if state != "done"}
assert len(partners) == RECORDS
assert states.get("done") == len(KINDS) * len(sound), (states, executions.mapped("error")[:1])
env["crm.trigger.attempt"]._gc_ended()
assert not env["crm.trigger.attempt"].search([]), "an attempt is left behind"
effects = {
    "task": [len(partner.activity_ids) for partner in sound],
    "code": sound.mapped("color"),
}
if "mail" in KINDS:
    mails = env["mail.mail"].search([("res_id", "in", partners.ids), ("subject", "like", "What is new at")])
    counts = mails.grouped("res_id")
    effects["mail"] = [len(counts.get(partner.id, ())) for partner in sound]
for kind in KINDS:
    wrong = [count for count in effects[kind] if count != 1]
    assert not wrong, f"{kind}: {len(wrong)} of {len(sound)} not once: {wrong[:10]}"
assert not any(left_out.mapped("color")), "done although it failed"
print(f"STATE {sum(map(sum, (effects[kind] for kind in KINDS)))} effects of {len(KINDS) * len(sound)}", others or "")
for error in set(executions.filtered(lambda line: line.state != "done").mapped("error")):
    print("STATE", error)
