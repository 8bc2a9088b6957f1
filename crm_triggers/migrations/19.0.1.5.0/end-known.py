from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """The clock checks more conditions now: on names of linked records, and on their parents. Records that meet
    them at this moment are recorded as seen, and start nothing.
    """
    if version:
        env = api.Environment(cr, SUPERUSER_ID, {})
        seen = env["crm.trigger.seen"]
        known = {rule.id for (rule,) in seen._read_group([], ["rule_id"])}
        for rule in env["crm.trigger.rule"].search([("state", "in", ("test", "live")), ("id", "not in", known)]):
            if rule._is_swept():
                seen._take_all(rule)
