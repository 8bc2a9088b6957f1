from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Active rules do not apply to what matches already: the clock starts to search for changes that no hook sees,
    and has no record of earlier states.
    """
    if version:
        rules = api.Environment(cr, SUPERUSER_ID, {})["crm.trigger.rule"].search([("state", "in", ("test", "live"))])
        rules._reset_baseline()
