from odoo.tests import tagged

from ..hooks import _get_own, uninstall_hook
from .common import MODULE, ExampleCommon


@tagged("post_install", "-at_install")
class TestUninstall(ExampleCommon):
    """K62: removable; what people worked with stays. The whole is seen by ``./dev story``."""

    def test_k62_leads_go_to_stages_that_others_have(self):
        """And no rule takes it for progress. Fails without ``_move_leads``."""
        ours = _get_own(self.env, "crm.stage")
        leads = self.env["crm.lead"].create(
            [
                {"name": stage.name, "type": "opportunity", "team_id": self.example_team.id, "stage_id": stage.id}
                for stage in ours
            ]
        )
        won = leads.filtered(lambda lead: lead.stage_id.is_won)
        won.action_set_won()
        leads[1].action_set_lost()
        statuses = leads.mapped("won_status")
        changes = self._create_rule(filter_domain=[("stage_id", "not in", ours.ids)])
        self._new_transaction()

        uninstall_hook(self.env)

        self.assertFalse(leads.stage_id & ours)
        self.assertEqual(leads.filtered(lambda lead: lead.stage_id.is_won), won)
        leads.modified(["stage_id", "probability"])
        self.assertEqual(leads.mapped("won_status"), statuses)
        self._new_transaction()
        self.assertFalse(changes.run_ids)
        self.rules.unlink()
        ours.unlink()

    def test_k62_activities_stay_also_those_that_are_done(self):
        """They would hold their type. Fails without ``_keep_activities``."""
        types = self._get("mail_activity_type_meeting")
        lead = self._create_lead()
        done = lead.activity_schedule(activity_type_id=types.id, user_id=self.sam.id)
        done.action_feedback()
        self.assertFalse(done.active)

        uninstall_hook(self.env)
        self.rules.unlink()
        types.unlink()

        self.assertEqual(done.activity_type_id, self.env.ref("mail.mail_activity_data_todo"))

    def test_k62_sold_products_stay(self):
        """The order keeps its line. Fails without ``_keep_sold_products``."""
        sold, unsold = self._get("product_start"), self._get("product_care")
        order = self._create_order()
        order.order_line.product_id = sold

        uninstall_hook(self.env)

        self.assertEqual((sold.active, unsold.active), (False, True))
        self.assertEqual(_get_own(self.env, "product.product"), unsold)
        self.assertEqual(order.order_line.product_id, sold)
        self.assertFalse(self.env.ref(f"{MODULE}.product_start", raise_if_not_found=False))
