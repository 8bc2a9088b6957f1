from odoo.fields import Command

from ..common import CrmTriggersCommon


class CloseCase(CrmTriggersCommon):
    """Rules that close activities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sending = cls.env.ref("crm_triggers.mail_activity_type_send_quotation")

    def _close(self, **vals):
        return {"kind": "close", "name": "Close", "close_type_ids": [Command.set(self.sending.ids)], **vals}

    def _plan(self, record, activity_type=None, user=None, **vals):
        activity_type = activity_type or self.sending
        return record.sudo().activity_schedule(activity_type_id=activity_type.id, user_id=(user or self.sam).id, **vals)

    def _send(self, order):
        order.action_quotation_sent()
        self._new_transaction()
        self._run_worker()

    def _rule_on_sent(self, **vals):
        return self._create_rule(
            steps=[self._close(**vals)], model="sale.order", filter_domain=[("state", "=", "sent")]
        )
