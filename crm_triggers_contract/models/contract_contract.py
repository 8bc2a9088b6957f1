from odoo import api, fields, models


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = ["contract.contract", "crm.trigger.mixin"]
    _crm_trigger_phase = "contract"
    _crm_trigger_icon = "fa-handshake-o"
    _crm_trigger_update_paths = frozenset({"user_id", "tag_ids", "note"})
    # Supplier contracts need no renewal opportunity; users who want them delete the condition.
    _crm_trigger_initial_conditions = repr([("contract_type", "=", "sale")])

    renewal_ids = fields.One2many(
        "crm.lead",
        "renewed_contract_id",
        "Renewals",
        context={"active_test": False},
        help="The opportunities to renew it, also those that were lost.",
    )
    is_renewal_lost = fields.Boolean(
        "Renewal lost",
        compute="_compute_is_renewal_lost",
        store=True,
        help="The customer does not renew it: the opportunity was lost, and there is no other one that is open or won. "
        "Those of an earlier end do not count.",
    )

    @api.depends("date_end", "renewal_ids.won_status", "renewal_ids.renewed_end")
    def _compute_is_renewal_lost(self):
        for contract in self:
            end = contract.date_end
            current = contract.renewal_ids.filtered(
                lambda lead, end=end: not (end and lead.renewed_end) or lead.renewed_end >= end
            )
            contract.is_renewal_lost = set(current.mapped("won_status")) == {"lost"}
