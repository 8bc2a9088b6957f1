from odoo import fields
from odoo.fields import Command


class SalePresets:
    """Events on quotations, orders and invoices."""

    def _make_quotation_message_received(self):
        order, confirmed = self._create_order(), self._create_order()
        confirmed.action_confirm()
        yield self._receive(confirmed)
        self._receive(order)
        yield order

    def _make_quotation_created(self):
        yield
        yield self._create_order()

    def _make_quotation_sent(self):
        order = self._create_order()
        yield
        order.action_quotation_sent()
        yield order

    def _make_quotation_signed(self):
        order = self._create_order()
        yield order.action_quotation_sent()
        order.sudo().write({"signed_by": "Ada", "signed_on": fields.Datetime.now()})  # as the portal does
        yield order

    def _make_quotation_expires(self):
        order = self._create_order(validity_date="2026-02-20")
        self._create_order(validity_date="2026-02-20").action_confirm()
        yield self._run_until("2026-02-16 12:00:00")
        self._run_until("2026-02-17 12:00:00")
        yield order

    def _make_quotation_expired(self):
        order = self._create_order(validity_date="2026-02-20")
        yield self._run_until("2026-02-20 12:00:00")
        self._run_until("2026-02-21 12:00:00")
        yield order

    def _make_quotation_cancelled(self):
        order = self._create_order()
        yield order.action_quotation_sent()
        order._action_cancel()
        yield order

    def _make_quotation_refused(self):
        order, draft = self._create_order(), self._create_order()
        order.action_quotation_sent()
        yield draft._action_cancel()
        order._action_cancel()
        yield order

    def _make_quotation_again(self):
        """A quotation on another opportunity, or without one, does not count; nor does a second draft."""
        lead, other = self._create_leads(2)
        sent = self._create_order(opportunity_id=lead.id)
        sent.action_quotation_sent()
        self._create_order(opportunity_id=other.id)
        self._create_order(opportunity_id=other.id)
        yield self._create_order()
        yield sent.copy()

    def _make_quotation_expired_sent(self):
        order, _draft = (self._create_order(validity_date="2026-02-20") for _number in range(2))
        order.action_quotation_sent()
        yield self._run_until("2026-02-20 12:00:00")
        self._run_until("2026-02-21 12:00:00")
        yield order

    def _make_quotation_paid(self):
        order, unpaid = self._create_order(), self._create_order()
        self._pay_online(unpaid, "pending")
        yield self._new_transaction()
        self._pay_online(order, "draft").state = "done"
        yield order

    def _pay_online(self, order, state):
        provider = self.env["payment.provider"].search([], limit=1)
        values = {
            "provider_id": provider.id,
            "payment_method_id": self.env["payment.method"].with_context(active_test=False).search([], limit=1).id,
            "reference": order.name,
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
            "partner_id": order.partner_id.id,
            "sale_order_ids": [Command.link(order.id)],
        }
        return self.env["payment.transaction"].create({**values, "state": state})

    def _make_order_confirmed(self):
        order = self._create_order()
        yield order.action_quotation_sent()
        order.action_confirm()
        yield order

    def _make_order_not_invoiced(self):
        order, invoiced = self._create_order(), self._create_order()
        order.action_confirm()
        self._invoice(invoiced)
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield order

    def _make_order_invoiced(self):
        order = self._create_order()
        yield order.action_confirm()
        self._invoice(order)
        yield order

    def _invoice(self, order):
        order.action_confirm() if order.state != "sale" else None
        order.sudo()._create_invoices().action_post()
        self._new_transaction()

    def _make_quotation_regularly(self):
        order = self._create_order()
        order.action_quotation_sent()
        self._create_order()
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield order

    def _make_quotation_viewed(self):
        order, confirmed = self._create_order(), self._create_order()
        confirmed.action_confirm()
        viewed = {"message_type": "notification", "subtype_xmlid": "sale.mt_order_viewed"}  # as the portal does
        yield confirmed.message_post(body="Viewed", **viewed)
        order.message_post(body="Viewed", **viewed)
        yield order

    def _make_invoice_blocked(self):
        yield (invoice := self._create_posted())
        invoice.action_toggle_block_payment()
        yield invoice

    def _make_invoice_posted(self):
        invoice = self._create_invoice()
        yield self._create_posted(move_type="in_invoice")
        invoice.action_post()
        yield invoice

    def _make_invoice_due(self):
        invoice, paid = (self._create_posted(invoice_date_due="2026-02-20") for _number in range(2))
        self._pay(paid)
        yield self._run_until("2026-02-16 12:00:00")
        self._run_until("2026-02-17 12:00:00")
        yield invoice

    def _make_invoice_overdue(self):
        invoice = self._create_posted(invoice_date_due="2026-02-20")
        yield self._run_until("2026-02-26 12:00:00")
        self._run_until("2026-02-27 12:00:00")
        yield invoice

    def _make_invoice_partial(self):
        invoice = self._create_posted()
        yield self._pay(self._create_posted())
        self._pay(invoice, amount=40)
        yield invoice

    def _make_invoice_paid(self):
        invoice = self._create_posted()
        yield self._pay(invoice, amount=40)
        self._pay(invoice)
        yield invoice

    def _make_invoice_regularly(self):
        invoice = self._create_posted()
        self._pay(self._create_posted())
        self._create_posted(move_type="in_invoice")
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield invoice
