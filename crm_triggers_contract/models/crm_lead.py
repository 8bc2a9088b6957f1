from odoo import fields, models


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
