from odoo import models
from odoo.exceptions import UserError


class IrActionsServer(models.Model):
    """Sending invoices with their PDF, in the background, as Odoo does when one sends several."""

    _inherit = "ir.actions.server"  # pylint: disable=consider-merging-classes-inherited

    def _send_invoices(self, invoices):
        """Have Odoo's scheduled action send these posted invoices.

        It makes the PDF, sends it in the way the customer prefers, and marks the invoice as sent.

        :param invoices: ``account.move`` recordset
        :return: ``{invoice: skip reason}`` of those that are not sent
        :raises UserError: that scheduled action is switched off
        """
        cron = self.env.ref("account.ir_cron_account_move_send", raise_if_not_found=False)
        if not cron or not cron.sudo().active:
            raise UserError(
                self.env._("Invoices cannot be sent: switch on the scheduled action “Send invoices automatically”.")
            )
        reasons = {}
        for template, group in invoices.grouped(lambda invoice: invoice._get_mail_template()).items():
            refused, _blocked = self.env["crm.trigger.step"]._get_refused(template, group.ids)
            reasons |= {invoice: refused[invoice.id] for invoice in group if invoice.id in refused}
        for user, group in (invoices - invoices.browse(one.id for one in reasons)).grouped("invoice_user_id").items():
            author = user or self.env.user  # is told when it cannot be sent
            group.sending_data = {"author_user_id": author.id, "author_partner_id": author.partner_id.id}
        cron._trigger()
        return reasons
