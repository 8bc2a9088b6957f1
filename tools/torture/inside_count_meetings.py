"""Check that each save was committed and has its activity."""

rule = env["crm.trigger.rule"].search([("name", "=", "Torture of people")])
partners = env["res.partner"].search([("name", "like", "Torture %"), ("function", "=", "Buyer")])
visits = [len(partner.activity_ids) for partner in partners]
print(f"STATE {len(partners)} saved, {sum(visits)} visits planned for them")
assert len(partners) == RECORDS, "a save is lost"
assert visits == [1] * RECORDS, "a visit twice or never"
assert rule.run_ids.mapped("state") == ["done"] * RECORDS
