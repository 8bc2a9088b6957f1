from odoo.addons.crm_triggers.tests.gallery_case import GalleryCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSmsGallery(GalleryCase):
    """The template that writes text messages."""

    module = "crm_triggers_sms"

    def test_lead_text(self):
        """K23, K28."""
        self._use("lead_text")

        lead = self._create_lead(type="lead", phone="+33 6 12 34 56 78", country_id=self.env.ref("base.fr").id)
        self._run_worker()

        text = self.env["sms.sms"].search([("number", "=", "+33612345678")])
        self.assertEqual((text.state, text.mail_message_id.res_id), ("outgoing", lead.id))
        self.assertEqual(text.body, "My Company: thank you for your request. Sam will call you back shortly.")
