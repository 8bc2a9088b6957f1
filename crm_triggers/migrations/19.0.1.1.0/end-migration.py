from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Rules that are active already take what is so now for granted: the clock starts to look for
    what no hook sees, and knew of no record before."""
    if version:
        rules = api.Environment(cr, SUPERUSER_ID, {})["crm.trigger.rule"].search([("state", "in", ("test", "live"))])
        rules._reset_baseline()
