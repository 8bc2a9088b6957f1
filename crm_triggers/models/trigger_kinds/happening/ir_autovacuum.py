from odoo import models

from .crm_trigger_rule import TIDYING


class IrAutovacuum(models.AbstractModel):
    _inherit = "ir.autovacuum"

    def _run_vacuum_cleaner(self):
        """Deletions by the vacuum are not cancellations."""
        return super(IrAutovacuum, self.with_context(**{TIDYING: True}))._run_vacuum_cleaner()
