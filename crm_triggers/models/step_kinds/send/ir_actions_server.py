from odoo import fields, models

from ....engine import states
from ...each_language import Worded
from .account_move_send import MARK

LAYOUT = "mail.mail_notification_layout_with_responsible_signature"  # Odoo's batch size for both


class IrActionsServer(models.Model):
    """Sends a quotation, an order or an invoice with its PDF, for the first time or again, with the template and
    the method that Odoo's own button would choose.
    """

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_send_document", "Send Document")], ondelete={"crm_send_document": "cascade"}
    )

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_send_document" and self.model_name not in ("sale.order", "account.move"):
            warnings.append(self.env._("Only quotations, orders and invoices can be sent."))
        sends_invoices = self.state == "crm_send_document" and self.model_name == "account.move"
        if sends_invoices or (self.state == "crm_down_payment" and self.invoice_then == "sent"):
            warnings += self._crm_trigger_get_sending_warnings()
        return warnings

    def _run_action_crm_send_document_multi(self, eval_context=None):
        self._crm_trigger_send_documents(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_send_documents(self, records, causes=None):
        """Queue the emails of orders, and have Odoo send the invoices.

        :param records: ``sale.order`` or ``account.move`` recordset
        :param dict causes: ``{invoice: the record the rule acts on}``, if that is not the invoice
        :return: ``({record: the message, or the invoice}, {record: skip reason})``; an invoice that is not sent by
        all methods is in both
        """
        records = records | records
        self._lock_documents(records)
        if records._name == "sale.order":
            return self._crm_trigger_send_orders(records)
        reasons = {record: reason for record in records if (reason := self._crm_trigger_get_sending_refusal(record))}
        invoices = records.filtered(lambda record: record not in reasons)
        sent, unsent = self._crm_trigger_send_invoices(invoices, causes or {})
        return {invoice: invoice for invoice in sent}, reasons | unsent

    def _crm_trigger_get_sending_refusal(self, invoice):
        """Return the reason why this record is not sent, or None."""
        if invoice.state != "posted" or not invoice.is_sale_document(include_receipts=True):
            return states.SKIP_STATE
        return states.SKIP_ALREADY if invoice.sending_data else None

    # Quotations and orders

    def _crm_trigger_send_orders(self, orders):
        """Post the email of each order in its chatter, so that it stays in the same thread.

        :return: ``({order: message}, {order: skip reason})``
        :raises UserError: there is no template
        """
        made, reasons = {}, {}
        step, senders = self._get_crm_trigger_senders(orders)
        for template, group in orders.grouped(lambda order: order._find_mail_template()).items():
            if not template:
                raise Worded.of(self, lambda told: told._tell_no_template())
            recipients = template._render_crm_trigger_recipients(group.ids)
            refused = self.env["crm.trigger.step"]._take_out_blocked(recipients)
            left = [order.id for order in group if order.id not in refused]
            refused |= dict.fromkeys(template._get_crm_trigger_empty(left), states.SKIP_EMPTY)
            for order in group:
                reason = states.SKIP_STATE if order.state == "cancel" else refused.get(order.id)
                if reason:
                    reasons[order] = reason
                else:
                    with step._standing_in(order, senders):
                        made[order] = self._crm_trigger_send_order(order, template)
        self.env["mail.message"].union(*made.values()).sudo().mail_ids._crm_trigger_tell_spared()
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return made, reasons

    def _tell_no_template(self):
        return self.env._("There is no template to send orders with: choose one in the settings.")

    def _get_crm_trigger_senders(self, documents):
        """Return the step of this action, which may be empty, and ``{document id: signing user}``."""
        step = self._get_crm_trigger_step()
        return step, step._get_senders(documents)

    def _crm_trigger_send_order(self, order, template):
        """Post the email with the document and the portal link; a draft is marked as sent."""
        order = order.with_context(mark_so_as_sent=True, mail_notify_force_send=False)
        return order.message_post_with_source(
            template, email_layout_xmlid=LAYOUT, subtype_xmlid="mail.mt_comment", message_type="auto_comment"
        )

    # Invoices

    def _crm_trigger_send_invoices(self, invoices, causes):
        """Have Odoo's scheduled action send these posted invoices in the background.

        It renders the PDF, sends it by the customer's methods, and marks the invoice as sent.

        :param invoices: ``account.move`` recordset
        :param dict causes: ``{invoice: the record the rule acts on}``, if that is not the invoice
        :return: ``(those sent, {invoice: reason why not, or not by all methods})``
        """
        ways, reasons = self.env["account.move.send"]._crm_trigger_choose_ways(invoices)
        sendable = invoices.filtered(lambda invoice: ways[invoice])
        _step, senders = self._get_crm_trigger_senders(sendable)
        for invoice in sendable:
            author = senders[invoice.id] or self.env.user  # is notified if it cannot be sent
            cause = causes.get(invoice, invoice)
            invoice.sending_data = {
                "author_user_id": author.id,
                "author_partner_id": author.partner_id.id,
                MARK: {"ways": sorted(ways[invoice]), "cause": [cause._name, cause.id]},
            }
        self.env.ref("account.ir_cron_account_move_send")._trigger()
        return sendable, reasons

    def _crm_trigger_get_sending_warnings(self):
        cron_sudo = self.env.ref("account.ir_cron_account_move_send").sudo()
        if cron_sudo.active:
            return []
        return [self.env._("Invoices cannot be sent: activate the scheduled action “%s”.", cron_sudo.name)]
