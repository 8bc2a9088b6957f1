from odoo import models
from odoo.addons.crm_triggers.engine import states


class IrActionsServer(models.Model):
    """The renewal opportunity of a contract."""

    _inherit = "ir.actions.server"

    def _crm_trigger_get_opportunity_warning(self):
        if self.model_name == "contract.contract":
            return None
        return super()._crm_trigger_get_opportunity_warning()

    def _run_action_crm_opportunity_multi(self, eval_context=None):
        if self.model_name != "contract.contract":
            return super()._run_action_crm_opportunity_multi(eval_context)
        self._crm_trigger_create_renewals(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_create_renewals(self, contracts):
        """Create the renewal opportunity of contracts without an open one, in the team of the action or else of the
        salesperson.

        :param contracts: ``contract.contract`` recordset
        :return: ``({contract: lead}, {contract: skip reason})``
        """
        contracts = contracts | contracts  # each once
        self._lock_documents(contracts)
        open_ones = [("renewed_contract_id", "in", contracts.ids), ("won_status", "=", "pending")]
        leads = self.env["crm.lead"]
        renewed = leads.with_context(active_test=False).search(open_ones).renewed_contract_id  # archived ones count
        step = self._get_crm_trigger_step()
        new = leads.create(
            [self._crm_trigger_prepare_renewal_values(contract, step) for contract in contracts - renewed]
        )
        made = dict(zip(contracts - renewed, new, strict=True))
        return made, dict.fromkeys(contracts & renewed, states.SKIP_ALREADY)

    def _crm_trigger_prepare_renewal_values(self, contract, step=None):
        """Return the values of the opportunity: expected closing when the contract ends.

        :param step: the step of this action, may be empty; searched if not given
        """
        team = {"team_id": self.assign_team_id.id} if self.assign_team_id else {}
        step = self._get_crm_trigger_step() if step is None else step
        owner = step._get_owner(contract)
        lang = owner.lang or self.env.lang
        return {
            "name": self.with_context(lang=lang).env._("Renewal: %s", contract.name or contract.code or ""),
            "type": "opportunity",
            "partner_id": contract.partner_id.id,
            "user_id": owner.id,
            "company_id": contract.company_id.id,
            "date_deadline": contract.date_end,
            "renewed_contract_id": contract.id,
            **team,
        }
