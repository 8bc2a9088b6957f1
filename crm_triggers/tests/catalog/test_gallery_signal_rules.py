from datetime import timedelta

from odoo.tests import tagged

from ..gallery_case import GalleryCase


@tagged("post_install", "-at_install")
class TestGallerySignalRules(GalleryCase):
    """Ready rules started by what contacts do: they lead to a call, not to an email (Z37)."""

    def _signal(self, code, records):
        self.clock.tick(timedelta(seconds=1))
        self.env["crm.trigger.signal"].record(code, records)
        self._run_sweep()
        self._run_worker()

    def _assert_called(self, record):
        """Z36: the salesperson calls by the next working day."""
        [activity] = record.activity_ids
        self.assertEqual(activity.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertEqual((str(activity.date_deadline), activity.user_id), ("2026-02-03", self.sam))

    def test_lead_interest(self):
        """Z34."""
        self._use("lead_interest")
        lead = self._create_lead()
        self._signal("message_received", self.partner)
        self._signal("portal_login", self.partner)
        self.assertFalse(lead.activity_ids)
        self._signal("quotation_viewed", self._create_order())
        self._assert_called(lead)

    def test_quotation_viewed_often(self):
        self._use("quotation_viewed_often")
        order = self._create_order()
        self._send(order)
        for _time in range(3):
            self.assertFalse(order.activity_ids)
            self._signal("quotation_viewed", order)
        self._assert_called(order)
