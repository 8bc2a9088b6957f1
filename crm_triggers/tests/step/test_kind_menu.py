from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestKindMenu(CrmTriggersCommon):
    """Issue 6: a step that the records cannot have, or the manager may not make, is not offered."""

    def _get_kinds(self, model, user=None):
        menu = self.env["crm.trigger.step"].with_user(user or self.manager)._get_kind_menu(model)
        self.assertTrue(all(group["label"] and group["choices"] for group in menu))
        return {choice["value"] for group in menu for choice in group["choices"]}

    def test_what_suits_the_records(self):
        """Fails without ``_has_need``."""
        lead, order, invoice, partner = map(self._get_kinds, ("crm.lead", "sale.order", "account.move", "res.partner"))
        everywhere = {"activity", "agenda", "close", "note", "message", "channel", "mail", "update", "enroll"}
        for kinds in (lead, order, invoice, partner):
            self.assertLessEqual(everywhere | {"customer", "assign"}, kinds)
        self.assertLessEqual({"stage", "convert"}, lead)
        self.assertFalse({"down_payment", "discount", "confirm", "send", "opportunity"} & lead)
        self.assertLessEqual({"down_payment", "discount", "confirm", "send", "opportunity", "stage"}, order)
        self.assertEqual({"send", "convert", "confirm", "stage"} & invoice, {"send"})
        self.assertFalse({"send", "convert", "confirm", "stage", "opportunity"} & partner)
        self.assertNotIn("customer", self._get_kinds("crm.team"))

    def test_what_one_may_make(self):
        """Promise 8. Fails without ``_may_make_kind``."""
        self.assertNotIn("other", self._get_kinds("crm.lead"))
        self.manager.group_ids = [Command.link(self.env.ref("base.group_system").id)]
        self.assertIn("other", self._get_kinds("crm.lead"))

    def test_each_kind_has_its_heading(self):
        """Fails for a kind without a heading; only the administrator's is under "More"."""
        kinds = self.env["crm.trigger.step"]._kinds
        self.assertEqual({kind for kind, declared in kinds.items() if declared.heading == "more"}, {"other"})

    def test_menu_of_a_step(self):
        """The form of a step reads it, also for a step that is being made."""
        rule = self._create_rule(model="res.partner", activate=False)
        step = self.env["crm.trigger.step"].with_user(self.manager).new({"rule_id": rule.id})
        for menu in (step.kind_menu, rule.step_ids.with_user(self.manager).kind_menu):
            self.assertEqual(menu[0]["label"], "Activities and calendar")
            self.assertNotIn("confirm", str(menu))
