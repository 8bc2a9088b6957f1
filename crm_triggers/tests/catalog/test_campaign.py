from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestCampaign(CrmTriggersCommon):
    """K29: the rules that serve a marketing campaign are seen and made on its form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spring, cls.autumn = cls.env["utm.campaign"].create([{"name": "Spring"}, {"name": "Autumn"}])

    def _create_campaign_rule(self, *campaigns, **vals):
        ids = [campaign.id for campaign in campaigns]
        return self._create_rule(filter_domain=[("campaign_id", "in", ids)], **vals)

    def _search(self, campaign, user=None):
        action = campaign.with_user(user or self.manager).action_view_crm_triggers()
        return self.env["crm.trigger.rule"].with_user(user or self.manager).search(action["domain"])

    def test_rules_of_the_campaign_whatever_they_are_made_for(self):
        """Leads, quotations and invoices have a campaign. Fails without ``pins``."""
        own = self._create_campaign_rule(self.spring)
        both = self._create_campaign_rule(self.spring, self.autumn, model="sale.order")
        self._create_rule(filter_domain=["|", ("campaign_id", "=", self.spring.id), ("priority", "=", "1")])
        self._create_rule(filter_domain=[("campaign_id", "=", self.spring.id)], activate=False).active = False
        self._create_rule(filter_domain=[("id", "=", self.spring.id)], model="res.partner")

        self.assertEqual(self._search(self.spring), own | both)
        self.assertEqual(self._search(self.autumn), both)
        counts = (self.spring + self.autumn).with_user(self.manager).mapped("crm_trigger_count")
        self.assertEqual(counts, [2, 1])

    def test_new_one_has_the_campaign_as_its_condition_and_fires(self):
        """Fails without ``default_preset_value``."""
        context = self.spring.with_user(self.manager).action_view_crm_triggers()["context"]
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager).with_context(**context))
        with form.step_ids.new() as step:
            step.activity_type_id = self.todo
        rule = form.save()
        self.assertEqual(rule.campaign_ids, self.spring)
        self.assertIn("“Spring”", rule.sentence)
        rule.action_activate()
        self._new_transaction()

        lead, _other = self._create_lead(campaign_id=self.spring.id), self._create_lead(campaign_id=self.autumn.id)

        self.assertEqual(rule.sudo().run_ids.mapped("res_id"), lead.ids)

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_broken_conditions_and_deleted_campaigns_are_left_out(self):
        rule = self._create_campaign_rule(self.spring, self.autumn)
        broken = self._create_campaign_rule(self.spring)
        self.env.cr.execute("UPDATE crm_trigger_rule SET filter_domain = 'campaign_id(' WHERE id = %s", [broken.id])
        self.autumn.unlink()
        self.env.invalidate_all()

        self.assertEqual(self._search(self.spring), rule)
        self.assertEqual(rule.campaign_ids, self.spring)

    def test_who_has_nothing_to_do_with_rules_sees_no_button(self):
        """Nor do they see their number. Fails without ``groups`` on the field."""
        clerk = self._create_user("cleo", "base.group_user")

        with self.assertRaises(AccessError):
            self.spring.with_user(clerk).read(["crm_trigger_count"])
