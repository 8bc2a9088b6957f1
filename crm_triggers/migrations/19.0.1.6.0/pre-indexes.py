from odoo.tools import SQL

REMOVED = ("crm_trigger_run_running", "crm_trigger_execution__step_id_index")


def migrate(cr, version):
    """Drop the indexes that every change of a run or an execution had to keep up, and that others stand in for."""
    if version:
        for name in REMOVED:
            cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
