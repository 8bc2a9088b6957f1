from odoo import fields, models


class IrActionsServer(models.Model):
    """The server action that creates the opportunity."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_opportunity", "Create Opportunity")], ondelete={"crm_opportunity": "cascade"}
    )

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_opportunity" and (warning := self._crm_trigger_get_opportunity_warning()):
            warnings.append(warning)
        return warnings

    def _crm_trigger_get_opportunity_warning(self):
        """Return why records of the model get no opportunity, as text, or None.

        Override for add-ons that create opportunities from other records.
        """
        return None if self.model_name == "sale.order" else self.env._("Only quotations can be given an opportunity.")

    def _run_action_crm_opportunity_multi(self, eval_context=None):
        self._crm_trigger_create_opportunities(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_create_opportunities(self, orders):
        """Create the opportunity of quotations without one, linked both ways.

        :param orders: ``sale.order`` recordset
        :return: the new ``crm.lead`` records, one per quotation without one, in their order
        """
        orders = (orders | orders).filtered(lambda order: not order.opportunity_id)  # each once
        step = self._get_crm_trigger_step()
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"{order.name}: {order.partner_id.display_name}",
                    "type": "opportunity",
                    "partner_id": order.partner_id.id,
                    "user_id": step._get_owner(order).id,
                    "team_id": order.team_id.filtered("active").id,
                    "company_id": order.company_id.id,
                    "expected_revenue": order.amount_untaxed,
                }
                for order in orders
            ]
        )
        for order, lead in zip(orders, leads, strict=True):
            order.opportunity_id = lead
        return leads
