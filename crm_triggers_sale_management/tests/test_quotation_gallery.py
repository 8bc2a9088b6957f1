from odoo.addons.crm_triggers.tests.gallery_case import GalleryCase
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestQuotationGallery(GalleryCase):
    """The template that creates quotations."""

    module = "crm_triggers_sale_management"

    def test_meeting_offer(self):
        """K16, K33: the draft is there when the salesperson comes home."""
        line = Command.create({"product_id": self.product.id, "product_uom_qty": 2})
        template = self.env["sale.order.template"].create(
            {"name": "Office", "company_id": False, "sale_order_template_line_ids": [line]}
        )
        self._use("meeting_offer", {"quotation_template_id": template.id})
        lead = self._create_lead().sudo()
        meeting = {"name": "Meeting", "start": "2026-02-02 10:00:00", "stop": "2026-02-02 11:00:00"}
        self.env["calendar.event"].create({**meeting, "opportunity_id": lead.id})

        self._run_until("2026-02-02 11:05")

        self.assertEqual((lead.order_ids.state, lead.order_ids.order_line.product_uom_qty), ("draft", 2))
        self.assertEqual(str(lead.activity_ids.date_deadline), "2026-02-05")
