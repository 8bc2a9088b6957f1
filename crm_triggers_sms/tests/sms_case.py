"""Rules that write text messages."""

from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.addons.sms.tests.common import MockSMS

NUMBER = "+33612345678"


class SmsCase(DocumentCase, MockSMS):
    """Rules that write text messages to customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.write({"phone": "06 12 34 56 78", "country_id": cls.env.ref("base.fr").id})
        cls.template = cls._create_text("Hello {{ object.partner_id.name }}, {{ user.name }}")

    @classmethod
    def _create_text(cls, body, model="sale.order"):
        model_id = cls.env["ir.model"]._get_id(model)
        return cls.env["sms.template"].create({"name": "Text", "model_id": model_id, "body": body})

    def _text(self, **vals):
        return {"kind": "sms", "sms_template_id": self.template.id, **vals}

    def _get_texts(self):
        return self.env["sms.sms"].search([("number", "=", NUMBER)])

    def assertSkipped(self, records, reason):  # noqa: N802
        self.assertExecutions(records, [("Send an SMS", "skipped", reason)] * len(records))
        self.assertFalse(self._get_texts())

    def _queue(self, *more, **vals):
        """Return an order whose text message is queued."""
        order = self._create_order()
        steps = [self._text(), *more]
        self._create_rule(steps=steps, model="sale.order", filter_domain=[("state", "=", "sale")], **vals)
        order.action_confirm()
        self._run_worker()
        return order.sudo()

    def _run_queue(self, **how):
        with self.mockSMSGateway(**how):
            self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
            return [sent["number"] for sent in self._sms]
