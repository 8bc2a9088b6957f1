from odoo.tools import SQL

REMOVED = ("crm_trigger_run_running", "crm_trigger_execution__step_id_index")


def migrate(cr, version):
    """Drop indexes that every update of a run or an execution had to maintain, and that others replace."""
    if version:
        for name in REMOVED:
            cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
