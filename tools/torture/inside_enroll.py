"""Make everything that was prepared due at once."""

rule = env["crm.trigger.rule"].search([("name", "=", "Torture")])
rule.enroll(env["res.partner"].search([("name", "like", "Torture ")]))
