from odoo import models

MARK = "crm_triggers"  # in what an invoice that waits to be sent keeps: a rule sends it


class AccountMoveSend(models.AbstractModel):
    """Invoices that rules send reach nobody who asked for no mail; a person chooses for himself."""

    _inherit = "account.move.send"

    def _send_mail(self, move, mail_template, **kwargs):
        if not (move.sending_data or {}).get(MARK):
            return super()._send_mail(move, mail_template, **kwargs)
        result = super()._send_mail(move.with_context(mail_notify_force_send=False), mail_template, **kwargs)
        domain = [("model", "=", move._name), ("res_id", "=", move.id)]
        message = self.env["mail.message"].sudo().search(domain, order="id desc", limit=1)  # the system's work
        self.env["ir.actions.server"]._crm_trigger_spare_blocked(message)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return result
