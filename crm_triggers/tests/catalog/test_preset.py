from odoo.tests import tagged

from ..preset_case import PresetCase
from .preset_activities import ActivityPresets
from .preset_contacts import ContactPresets
from .preset_opportunities import OpportunityPresets
from .preset_sales import SalePresets
from .preset_signals import SignalPresets


@tagged("post_install", "-at_install")
class TestPreset(ActivityPresets, ContactPresets, OpportunityPresets, SalePresets, SignalPresets, PresetCase):
    """What starts a rule is chosen in sales terms, and means what they say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["crm.tag"].create({"name": "Fair"})
        cls.reason, cls.other_reason = cls.env["crm.lost.reason"].create([{"name": "Price"}, {"name": "Delay"}])
        cls.campaign = cls.env["utm.campaign"].create({"name": "Spring"})
        cls.category = cls.env["res.partner.category"].create({"name": "Press"})
        cls.stage_won = cls.env["crm.stage"].create({"name": "Won", "sequence": 70, "is_won": True})

    def test_each_preset_starts_a_run_when_it_happens_and_not_before(self):
        """Fails for a preset whose conditions, date or state before are wrong, and for one without a proof."""
        values = {
            "lead_campaign": self.campaign,
            "opportunity_stage": self.stage_offer,
            "opportunity_tag": self.tag,
            "opportunity_lost_reason": self.reason,
            "contact_tag": self.category,
        }
        self._check_presets("crm_triggers", values)
