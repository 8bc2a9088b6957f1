from odoo import api, models
from odoo.http import request

from ...engine.visit import judge_visit
from .recording import Act


class MailMessage(models.Model):
    """Odoo notes that a customer opened a quotation online: a signal."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        on_orders = messages.filtered(lambda message: message.model == "sale.order")
        for message in on_orders.filtered(lambda message: message._is_crm_trigger_view()):
            self.env["crm.trigger.signal"]._hear(
                "quotation_viewed", f"Signal of message {message.id}", message.sudo()._crm_trigger_tell_view
            )
        return messages

    def _crm_trigger_tell_view(self):
        """Return the acts of opening a quotation by its link."""
        order = self.env["sale.order"].browse(self.res_id).exists()
        at = self.env["crm.trigger.signal"]._read_moment(None)
        actor = judge_visit(is_robot=_is_robot(self.env), at=at, sent_at=self._get_crm_trigger_sent_at(order))
        act = Act(res_id=order.id, key=f"message {self.id}", occurred_at=at, actor=actor)
        return order, [act] if order else []

    def _get_crm_trigger_sent_at(self, order):
        """Return when something was last sent to the customer of a quotation: a log note is not, nor their own."""
        domain = [
            ("model", "=", order._name),
            ("res_id", "=", order.id),
            ("message_type", "in", ("comment", "email_outgoing", "auto_comment")),
            ("is_internal", "=", False),
            ("subtype_id.internal", "=", False),
            ("author_id.partner_share", "=", False),
            ("id", "<", self.id),
        ]
        return self.search(domain, order="id desc", limit=1).date or None


def _is_robot(env):
    """Return whether the program that sent the current request says that it is a robot."""
    return bool(request) and env["ir.http"].is_a_bot()
