from odoo import api, fields, models
from odoo.addons.crm_triggers.engine import states
from odoo.fields import Command


class IrActionsServer(models.Model):
    """Creates quotations from a quotation template, for opportunities."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_quotation", "Create Quotation")], ondelete={"crm_quotation": "cascade"}
    )
    quotation_template_id = fields.Many2one(
        "sale.order.template",
        ondelete="restrict",
        help="The content of the quotation: lines, terms, validity. A template for all companies, or of the "
        "company of the rule.",
    )
    quotation_then = fields.Selection(
        [("draft", "Leave it as a draft"), ("sent", "Send it with its PDF")],
        "The quotation",
        default="draft",
        help="A draft waits for the salesperson to review it.",
    )
    quotation_beside = fields.Boolean(
        "Also if there is another quotation",
        help="Without this option, opportunities that already have a quotation or an order get none. Cancelled "
        "ones do not count.",
    )

    @api.constrains("state", "quotation_template_id")
    def _crm_trigger_check_quotation(self):
        self.filtered(lambda action: action.state == "crm_quotation")._check_values()

    def _get_value_problem(self):
        if self.state == "crm_quotation":
            step_sudo = self.env["crm.trigger.step"].sudo().search([("action_id", "=", self.id)], limit=1)
            if problem := step_sudo and step_sudo._get_quotation_company_problem():
                return problem
        return super()._get_value_problem()

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_quotation":
            if self.model_name != "crm.lead":
                warnings.append(self.env._("Only opportunities can be given a quotation."))
            template = self.quotation_template_id.sudo()
            if template and not template.active:
                warnings.append(
                    self.env._(
                        "The quotation template “%s” is archived: unarchive it or choose another one.", template.name
                    )
                )
        return warnings

    def _run_action_crm_quotation_multi(self, eval_context=None):
        leads = self._crm_trigger_get_active_records()
        for company, group in leads.grouped(lambda lead: lead.company_id or self.env.company).items():
            self.with_company(company)._crm_trigger_create_quotations(group.with_company(company))
        return False

    def _crm_trigger_create_quotations(self, leads):
        """Create a quotation from the template for each opportunity.

        :param leads: ``crm.lead`` recordset, of the company of the environment or of none
        :return: ``({lead: quotation}, {lead: skip reason})``; a quotation that was created but not sent is in both
        """
        leads = leads | leads
        self._lock_documents(leads)
        reasons = {lead: reason for lead in leads if (reason := self._crm_trigger_get_quotation_refusal(lead))}
        served = leads.filtered(lambda lead: lead not in reasons)
        step = self._get_crm_trigger_step()
        orders = self.env["sale.order"].create(
            [self._crm_trigger_prepare_quotation_values(lead, step) for lead in served]
        )
        made, unsent = self._crm_trigger_send_quotations(dict(zip(served, orders, strict=True)))
        return made, reasons | unsent

    def _crm_trigger_send_quotations(self, made):
        """Send the created quotations, if the step says so.

        :param dict made: ``{lead: quotation}``
        :return: ``({lead: quotation}, {lead: reason why it was not sent})``
        """
        if not made or self.quotation_then != "sent":
            return made, {}
        orders = self.env["sale.order"].union(*made.values())
        # A quotation that a user sent meanwhile is sent.
        unsent = orders.filtered(lambda order: order.state in ("draft", "cancel"))
        unsent |= self._crm_trigger_get_failed(orders.filtered(lambda order: order.state == "sent"))
        _messages, reasons = self._crm_trigger_send_orders(unsent)
        return made, {lead: reasons[order] for lead, order in made.items() if order in reasons}

    def _crm_trigger_get_quotation_refusal(self, lead):
        """Return the reason why this lead gets no quotation, or None."""
        if lead.type != "opportunity" or not lead.active:
            return states.SKIP_STATE
        if not self.quotation_beside and any(order.state != "cancel" for order in lead.order_ids):
            return states.SKIP_ALREADY
        return None if lead.partner_id else states.SKIP_NO_CUSTOMER

    def _crm_trigger_prepare_quotation_values(self, lead, step):
        """Return the values of the quotation: those that Odoo's button takes from the opportunity, and those that
        choosing the template on screen sets; for an active salesperson.

        :param step: the step of this action, may be empty
        """
        context = lead._prepare_opportunity_quotation_context()
        values = {key.removeprefix("default_"): value for key, value in context.items() if key.startswith("default_")}
        partner = lead.partner_id
        usual = lead.user_id or partner.user_id or partner.commercial_partner_id.user_id  # as Odoo fills it in
        if owner := step._get_owner(lead, usual):
            values["user_id"] = owner.id
        template = self.quotation_template_id.with_context(lang=lead.partner_id.lang)
        lines = [line._prepare_order_line_values() for line in template.sale_order_template_line_ids]
        if lines:
            lines[0]["sequence"] = -99  # as Odoo does, so that reordering lines works
        return {
            **values,
            "sale_order_template_id": template.id,
            "order_line": [Command.create(line) for line in lines],
        }
