from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

OPEN = ("draft", "sent")  # states of a quotation that may still be confirmed
PAYING = timedelta(days=1)  # how long an online payment may be in progress; most abandoned ones are not reported


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.trigger.mixin"]
    _crm_trigger_name = _lt("Quotation / Order")
    _crm_trigger_phase = "quotation"
    _crm_trigger_icon = "fa-file-text-o"
    _crm_trigger_own_date = "date_order"
    _crm_trigger_goal = (("state", "=", "sale"),)
    _crm_trigger_update_paths = frozenset(
        {
            "user_id",
            "team_id",
            "tag_ids",
            "opportunity_id.stage_id",
            "opportunity_id.priority",
            "opportunity_id.tag_ids",
        }
    )

    _crm_trigger_terms = frozenset(
        {
            "carrier_id",
            "client_order_ref",
            "commitment_date",
            "company_id",
            "currency_id",
            "date_order",
            "fiscal_position_id",
            "incoterm",
            "incoterm_location",
            "name",
            "note",
            "order_line",
            "partner_id",
            "partner_invoice_id",
            "partner_shipping_id",
            "payment_term_id",
            "prepayment_percent",
            "pricelist_id",
            "reference",
            "require_payment",
            "require_signature",
            "sale_order_template_id",
            "signature",
            "signed_by",
            "signed_on",
            "state",
            "validity_date",
        }
    )

    is_paid_online = fields.Boolean(
        "Paid online",
        compute="_compute_is_paid_online",
        compute_sudo=True,  # salespeople may not read payments; that one exists is not confidential
        store=True,
        help="A payment on the portal or by a payment link has come in, of the whole or of a part.",
    )
    version_of_id = fields.Many2one(
        "sale.order",
        "First version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The quotation that this one, or the one it was made from, was duplicated from.",
    )
    version_ids = fields.One2many("sale.order", "version_of_id", "Later versions")
    has_newer_version = fields.Boolean(
        "Newer version sent",
        compute="_compute_has_newer_version",
        store=True,
        help="A later quotation for the same opportunity was sent to the same customer; without an opportunity, a "
        "duplicate of this one. Rules that follow up on the older one stop.",
    )

    @api.depends("transaction_ids.state")
    def _compute_is_paid_online(self):
        domain = [("sale_order_ids", "in", self.ids), ("state", "=", "done"), ("operation", "!=", "refund")]
        paid = self.env["payment.transaction"].search(domain).sale_order_ids
        for order in self:
            order.is_paid_online = order._origin in paid

    @api.depends(
        "state",
        "partner_id",
        "company_id",
        "opportunity_id.order_ids.state",
        "opportunity_id.order_ids.partner_id",
        "version_ids.state",
        "version_ids.partner_id",
        "version_ids.opportunity_id",
        "version_of_id.version_ids.state",
        "version_of_id.version_ids.partner_id",
        "version_of_id.version_ids.opportunity_id",
    )
    def _compute_has_newer_version(self):
        for order in self:
            others = order.opportunity_id.order_ids | order.version_ids | order.version_of_id.version_ids
            order.has_newer_version = order.state in ("draft", "sent") and any(map(order._is_replaced_by, others))

    def _get_crm_trigger_bound(self):
        """Return the quotations that were ordered, signed, paid (or in payment), or invoiced, even partly."""
        held = (
            Domain("signed_on", "!=", False)
            | Domain("signed_by", "!=", False)
            | Domain("signature", "!=", False)
            | Domain("transaction_ids", "any", self._get_crm_trigger_payment_domain())
            | Domain("order_line.invoice_lines.move_id", "any", self._get_crm_trigger_invoiced_domain())
        )
        domain = Domain("id", "in", self.ids) & (Domain("state", "=", "sale") | (Domain("state", "in", OPEN) & held))
        found_sudo = self.sudo().search(domain)  # salespeople may not read payments, but know of them
        return self & self.browse(found_sudo.ids)

    def _get_crm_trigger_awaiting_payment(self):
        """Return the quotations that are signed or in payment, and that the payment will confirm."""
        held_sudo = self.filtered(lambda order: order.state in OPEN)._get_crm_trigger_bound().sudo()
        unsettled = Domain("sale_order_ids", "in", held_sudo.ids) & Domain("state", "in", ("draft", "pending"))
        payments_sudo = self.env["payment.transaction"].sudo()
        paying = payments_sudo.search(unsettled & self._get_crm_trigger_payment_domain()).sale_order_ids
        due = held_sudo.filtered(lambda order: order.require_payment and not order._is_confirmation_amount_reached())
        return self & self.browse((due | paying).ids)

    @api.model
    def _get_crm_trigger_payment_domain(self):
        """Return the domain of received and pending payments."""
        begun = Domain("state", "=", "draft") & Domain("last_state_change", ">=", fields.Datetime.now() - PAYING)
        real = Domain("state", "in", ("pending", "authorized", "done")) | begun
        return real & Domain("operation", "!=", "validation")  # a validation transaction, which only checks a card

    @api.model
    def _get_crm_trigger_invoiced_domain(self):
        return [("state", "=", "posted"), ("move_type", "!=", "out_refund"), ("payment_state", "!=", "reversed")]

    def _is_replaced_by(self, other):
        """Return whether another quotation was created later for the same customer and opportunity, and is no
        longer a draft.

        A duplicate on another opportunity is another deal.
        """
        mine, its = self._origin, other._origin
        return (
            bool(mine)
            and its.id > mine.id
            and other.state in ("sent", "sale")
            and other.company_id == self.company_id
            and other.opportunity_id == self.opportunity_id
            and other.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id
        )

    def copy_data(self, default=None):
        """A duplicate of a quotation refers to the first of its family; one of an order is a new deal, and starts a
        new family.
        """
        return [
            {**vals, "version_of_id": order.state != "sale" and (order.version_of_id or order).id}
            for order, vals in zip(self, super().copy_data(default), strict=True)
        ]
