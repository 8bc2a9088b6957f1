from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """The clock looks at more conditions now: at names of what a record is linked to, and at what that
    is below. What meets them at this moment is no news to the rules that have them."""
    if version:
        env = api.Environment(cr, SUPERUSER_ID, {})
        seen = env["crm.trigger.seen"]
        known = {rule.id for (rule,) in seen._read_group([], ["rule_id"])}
        for rule in env["crm.trigger.rule"].search([("state", "in", ("test", "live")), ("id", "not in", known)]):
            if rule._is_swept():
                seen._take_all(rule)
