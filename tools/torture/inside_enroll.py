"""Let all that was prepared fall due at once."""

rule = env["crm.trigger.rule"].search([("name", "=", "Torture")])
rule.enroll(env["res.partner"].search([("name", "like", "Torture ")]))
