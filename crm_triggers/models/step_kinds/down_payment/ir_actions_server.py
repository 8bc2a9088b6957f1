from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command

from ....engine import states


class IrActionsServer(models.Model):
    """A down-payment invoice of orders, created as by Odoo's own dialog, but for many at once."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_down_payment", "Create Down-Payment Invoice")],
        ondelete={"crm_down_payment": "cascade"},
    )
    down_payment_type = fields.Selection(
        [("percentage", "A percentage of the order"), ("fixed", "A fixed amount")],
        "Down payment",
        default="percentage",
        help="Whether the invoice is for a percentage of the order or for a fixed amount.",
    )
    down_payment_percent = fields.Float(
        "Percentage", default=30.0, help="How much of the order is invoiced, with taxes: more than 0, at most 100."
    )
    down_payment_amount = fields.Float(
        "Amount", help="The amount invoiced, with taxes, in the currency of the order. Never more than the order total."
    )
    invoice_then = fields.Selection(
        [
            ("draft", "Leave it as a draft"),
            ("posted", "Confirm it"),
            ("sent", "Confirm it and send it with its PDF"),
        ],
        "The invoice",
        default="draft",
        help="A draft waits to be reviewed. To have it confirmed, you need the right to confirm invoices.",
    )

    @api.constrains("state", "down_payment_type", "down_payment_percent", "down_payment_amount")
    def _crm_trigger_check_down_payment(self):
        self.filtered(lambda action: action.state == "crm_down_payment")._check_values()

    def _get_value_problem(self):
        if self.state == "crm_down_payment":
            amount = self.down_payment_amount
            if self.down_payment_type == "fixed" and (amount <= 0 or self._crm_trigger_is_nothing(amount)):
                return self.env._("the down payment must be more than 0: enter an amount.")
            is_percentage = self.down_payment_type == "percentage"
            if is_percentage and self._crm_trigger_is_no_percentage(self.down_payment_percent):
                return self.env._("the down payment must be more than 0 and at most 100% of the order.")
        return super()._get_value_problem()

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_down_payment" and self.model_name != "sale.order":
            warnings.append(self.env._("Only orders can be given a down-payment invoice."))
        return warnings

    def _run_action_crm_down_payment_multi(self, eval_context=None):
        orders = self._crm_trigger_get_active_records()
        for company, group in orders.grouped("company_id").items():
            self.with_company(company)._crm_trigger_create_down_payments(group.with_company(company))
        return False

    def _crm_trigger_create_down_payments(self, orders):
        """Invoice a down payment of the confirmed orders, once per order, and never more than is left to invoice.

        :param orders: ``sale.order`` recordset of the company of the environment
        :return: ``({order: invoice}, {order: skip reason})``; an invoice that was created but not sent is in both
        """
        orders = orders | orders  # each once
        self._lock_documents(orders)
        reasons = {order: reason for order in orders if (reason := self._crm_trigger_get_down_payment_refusal(order))}
        invoiced = orders.filtered(lambda order: order not in reasons)
        invoices = self._crm_trigger_create_down_payment_invoices(invoiced)
        if invoices and self.invoice_then in ("posted", "sent"):
            invoices.action_post()
        made, unsent = self._crm_trigger_finish_down_payments(dict(zip(invoiced, invoices, strict=True)))
        return made, reasons | unsent

    def _crm_trigger_finish_down_payments(self, made):
        """Send the created invoices, if the step says so.

        :param dict made: ``{order: invoice}``
        :return: ``({order: invoice}, {order: reason why it was not sent, or not by all methods})``
        """
        if not made or self.invoice_then != "sent":
            return made, {}
        invoices = self.env["account.move"].union(*made.values())
        # An invoice that is sent, or being sent, was sent by a user meanwhile.
        unsent = invoices.filtered(lambda invoice: not (invoice.is_move_sent or invoice.sending_data))
        unsent |= self._crm_trigger_get_failed(invoices - unsent).filtered(lambda invoice: not invoice.sending_data)
        _sent, reasons = self._crm_trigger_send_documents(unsent, {made[order]: order for order in made})
        return made, {order: reasons[invoice] for order, invoice in made.items() if invoice in reasons}

    def _crm_trigger_get_down_payment_refusal(self, order):
        """Return the reason why this order gets no down payment, or None."""
        if order.state != "sale":
            return states.SKIP_STATE
        asked = self.down_payment_amount
        if self.down_payment_type == "percentage":
            asked = order.currency_id.round(order.amount_total * self.down_payment_percent / 100)
        if order.currency_id.compare_amounts(asked, 0) <= 0:
            return states.SKIP_ALREADY
        if order.currency_id.compare_amounts(self._crm_trigger_get_invoiced(order) + asked, order.amount_total) > 0:
            return states.SKIP_INVOICED
        return None

    def _crm_trigger_get_invoiced(self, order):
        """Return the invoiced amount of an order, less credit notes; drafts count, otherwise two drafts could
        exceed it.
        """
        lines = order.order_line.sudo().invoice_lines
        return sum(
            -line.move_id.direction_sign
            * line.currency_id._convert(
                line.price_total,
                order.currency_id,
                order.company_id,
                line.move_id.invoice_date or fields.Date.context_today(order),
            )
            for line in lines
            if line.parent_state != "cancel" or line.move_id.payment_state == "invoicing_legacy"
        )

    def _crm_trigger_create_down_payment_invoices(self, orders):
        """Do what Odoo's dialog does for one order, for all of them with few statements.

        :return: ``account.move`` records, one per order, in their order
        """
        method = self.down_payment_type
        dialogs = self.env["sale.advance.payment.inv"].create(
            [
                {
                    "sale_order_ids": [Command.set(order.ids)],
                    "advance_payment_method": method,
                    "amount": self.down_payment_percent if method == "percentage" else 0,
                    "fixed_amount": self.down_payment_amount if method == "fixed" else 0,
                }
                for order in orders
            ]
        )
        bases = [
            self._crm_trigger_get_down_payment_bases(order, dialog)
            for order, dialog in zip(orders, dialogs, strict=True)
        ]
        lines = self._crm_trigger_create_down_payment_lines(orders, bases)
        values = [
            dialog.with_context(accounts=accounts)._prepare_down_payment_invoice_values(order, lines[order])
            for order, dialog, accounts in zip(
                orders, dialogs, self._crm_trigger_get_accounts(dialogs, bases), strict=True
            )
        ]
        # As Odoo's dialog: salespeople may create the draft of an invoice. Its salesperson created the order.
        moves_sudo = self.env["account.move"].sudo().with_context(mail_auto_subscribe_no_notify=True)
        invoices = self.env["account.move"].browse(moves_sudo.create(values).ids)
        self._crm_trigger_log_down_payments(orders, invoices)
        return invoices

    def _crm_trigger_get_down_payment_bases(self, order, dialog):
        """Return the amounts to invoice of an order, by its taxes, as Odoo's base lines."""
        taxes = self.env["account.tax"]
        base_lines = [
            line._prepare_base_line_for_taxes_computation() for line in order.order_line if not line.display_type
        ]
        taxes._add_tax_details_in_base_lines(base_lines, order.company_id)
        taxes._round_base_lines_tax_details(base_lines, order.company_id)
        fixed = self.down_payment_type == "fixed"
        return taxes._prepare_down_payment_lines(
            base_lines=base_lines,
            company=order.company_id,
            amount_type="fixed" if fixed else "percent",
            amount=self.down_payment_amount if fixed else self.down_payment_percent,
            computation_key=f"down_payment,{dialog.id}",
        )

    def _crm_trigger_get_accounts(self, dialogs, bases):
        """Return the income accounts of the base lines of each dialog."""
        return [
            [base["account_id"] or dialog._get_down_payment_account(base["product_id"]) for base in base_lines]
            for dialog, base_lines in zip(dialogs, bases, strict=True)
        ]

    def _crm_trigger_create_down_payment_lines(self, orders, bases):
        """Add the lines of the down payments to the orders, under a heading.

        :return: ``{order: sale.order.line records}``
        """
        values, sections = [], []
        for order, base_lines in zip(orders, bases, strict=True):
            after = max(order.order_line.mapped("sequence") or [10]) + 1
            if not any(line.display_type and line.is_downpayment for line in order.order_line):
                sections.append({**order._prepare_down_payment_line_section_values(), "sequence": after})
                after += 1
            for place, base_line in enumerate(base_lines, after):
                line = order._prepare_down_payment_line_values_from_base_line(base_line)
                values.append({**line, "sequence": place})
        lines = self.env["sale.order.line"].with_context(sale_no_log_for_new_lines=True)
        lines.create(sections)
        return defaultdict(lines.browse) | lines.create(values).grouped("order_id")

    def _crm_trigger_log_down_payments(self, orders, invoices):
        """Post the notes of Odoo's dialog in both chatters."""
        render = self.env["ir.qweb"]._render
        origins, links = {}, {}
        for order, invoice in zip(orders, invoices, strict=True):
            origins[invoice.id] = render("mail.message_origin_link", {"self": invoice, "origin": order})
            link = invoice._get_html_link(title=self.env._("Down-payment invoice"))
            links[order.id] = Markup("<p>%s</p>") % self.env._("%s has been created", link)
        invoices._message_log_batch(origins)
        orders._message_log_batch(links)
