from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class CrmLead(models.Model):
    _inherit = "crm.lead"

    renewed_contract_id = fields.Many2one(
        "contract.contract",
        "Renews the Contract",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        help="The contract that this opportunity is about renewing. A contract has at most one open renewal "
        "opportunity.",
    )
    renewed_end = fields.Date(
        "Contract End to Renew",
        compute="_compute_renewed_end",
        store=True,
        help="When the contract was to end at the time this opportunity was created.",
    )

    def _auto_init(self):
        """Fill the new column by SQL: there may be millions of leads."""
        if not column_exists(self.env.cr, self._table, "renewed_end"):
            create_column(self.env.cr, self._table, "renewed_end", "date")
            if column_exists(self.env.cr, self._table, "renewed_contract_id"):
                self.env.cr.execute(
                    "UPDATE crm_lead SET renewed_end = contract.date_end FROM contract_contract contract"
                    " WHERE contract.id = crm_lead.renewed_contract_id"
                )
        return super()._auto_init()

    @api.depends("renewed_contract_id")  # not on its end: one that is prolonged later is renewed again
    def _compute_renewed_end(self):
        for lead in self:
            lead.renewed_end = lead.renewed_contract_id.date_end

    def _merge_get_fields(self):
        """Opportunities that are merged renew what one of them renewed."""
        return [*super()._merge_get_fields(), "renewed_contract_id"]
