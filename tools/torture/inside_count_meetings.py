"""Check that each save is there and had its task, next to that of the worker."""

rule = env["crm.trigger.rule"].search([("name", "=", "Torture of people")])
partners = env["res.partner"].search([("name", "like", "Torture %"), ("function", "=", "Buyer")])
activities = partners.activity_ids
visits = activities.filtered(lambda activity: activity.summary == "Visit")
print(f"STATE {len(partners)} saved, {len(visits)} visits for them and {len(activities - visits)} calls")
assert len(partners) == RECORDS, "a save is lost"
assert len(visits) == len(visits.mapped("res_id")) == len(set(visits.mapped("res_id"))) == RECORDS
assert len(activities) == 2 * RECORDS
assert rule.run_ids.mapped("state") == ["done"] * RECORDS
