from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..common import CrmTriggersCommon

EVIL = "<img src=x onerror=alert(1)>"


@tagged("post_install", "-at_install")
class TestShutRecords(CrmTriggersCommon):
    """Promise 8: rules tell nobody of records what he may not read, and pause them for nobody who
    has no say."""

    def test_rule_does_not_tell_what_another_company_sold(self):
        """A contact that companies share; fails without ``_get_company_domain_of`` in ``_bind``."""
        partner = self.env["res.partner"].create({"name": "Shared", "company_id": False})
        self._sell_in_lyon(partner)
        paths = (
            [("sale_order_ids.amount_total", ">", 4000)],
            [("sale_order_ids", "any", [("amount_total", ">", 4000)])],
            ["!", ("sale_order_ids.amount_total", "<=", 4000), ("sale_order_ids", "!=", False)],
            [("sale_order_ids", "!=", False)],
            [("sale_order_ids.order_line.price_unit", ">", 4000)],
            [("sale_order_ids", "ilike", "S")],
            [("sale_order_ids", "not in", [0]), ("sale_order_ids", "!=", False)],
        )
        for conditions in paths:
            rule = self._create_rule("match", model="res.partner", filter_domain=conditions, activate=False)
            with self.subTest(conditions):
                answer = rule.with_user(self.manager).explain(partner.id)
                self.assertFalse(rule._search_matching(partner.ids))
                self.assertFalse(all(row["ok"] for row in answer["conditions"]), answer["conditions"])

    def test_rule_for_all_companies_looks_at_all(self):
        """Only users who work in all of them can create one."""
        partner = self.env["res.partner"].create({"name": "Shared", "company_id": False})
        self._sell_in_lyon(partner)
        conditions = [("sale_order_ids.amount_total", ">", 4000)]

        rule = self._create_rule(
            "match", model="res.partner", filter_domain=conditions, company_id=False, user=self.admin, activate=False
        )

        self.assertTrue(rule._search_matching(partner.ids))

    def test_stop_before_and_only_if_look_at_ones_own_company_too(self):
        partner = self.env["res.partner"].create({"name": "Shared", "company_id": False})
        secret = str([("sale_order_ids.amount_total", ">", 4000)])
        rule = self._create_rule("manual", [self._task(filter_domain=secret)], model="res.partner", stop_domain=secret)
        self._sell_in_lyon(partner)

        self.assertFalse(rule._search_stopped(partner.ids))
        self.assertFalse(rule.step_ids._search_wanted(partner))

    def test_own_company_is_looked_at_as_ever(self):
        order = self._create_order()
        conditions = [("sale_order_ids.amount_total", ">", 50), ("user_id.name", "=", "Sam")]
        rule = self._create_rule("match", model="res.partner", filter_domain=conditions)

        self.assertEqual(rule._search_matching(self.partner.ids), set(self.partner.ids))
        self.assertTrue(order)

    def test_explanation_names_no_record_that_one_may_not_read(self):
        """Of a list; fails without ``_filtered_access`` in ``_get_seen_text``."""
        lead = self._create_lead()
        order = self._create_order(opportunity_id=lead.id).sudo()
        order.write({"user_id": self.tom.id, "name": "Hidden"})
        rule = self._create_rule("match", filter_domain=[("order_ids", "!=", False)])
        self.assertFalse(order.with_user(self.sam).has_access("read"))

        self.assertNotIn("Hidden", str(rule.with_user(self.sam).explain(lead.id)))
        self.assertIn("Hidden", str(rule.with_user(self.manager).explain(lead.id)))

    def test_dialogs_say_nothing_of_rules_of_another_company(self):
        """Fails without ``check_access`` for ``sentence``, and ``related_sudo`` of ``model_name``."""
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        rule = self._create_rule("manual")
        context = {"active_model": "crm.lead", "active_ids": []}
        enroll = self.env["crm.trigger.enroll"].with_user(self.zoe).with_context(**context)
        activation = self.env["crm.trigger.activation"].with_user(self.zoe)

        with self.assertRaises(AccessError):
            enroll.create({"scenario_id": rule.id}).read(["sentence"])
        with self.assertRaises(AccessError):
            activation.create({"rule_id": rule.id}).read(["model_name"])

    def test_dialog_lists_only_what_one_may_read(self):
        """Whatever numbers are put into it."""
        rule = self._rule_on_offer(activate=False)
        lead = self._create_lead(name="Hidden", stage_id=self.stage_offer.id).sudo()
        lead.write({"company_id": self.company_b.id, "user_id": self.zoe.id, "team_id": False})
        dialog = self.env["crm.trigger.activation"].with_user(self.manager)

        dialog = dialog.create({"rule_id": rule.id, "scope": "existing", "existing_ids": lead.ids})

        self.assertNotIn("Hidden", dialog.record_names)
        self.assertEqual(dialog.record_count, 0)

    def test_names_are_text_wherever_html_is_made_of_them(self):
        self.stage_offer.name = EVIL
        rule = self._rule_on_offer([self._note("<p>Look</p>", target="contact")], activate=False)
        lead = self._create_lead(name=EVIL, stage_id=self.stage_offer.id)
        dialog = self.env["crm.trigger.activation"].with_user(self.manager)
        dialog = dialog.create({"rule_id": rule.id, "existing_ids": lead.ids})
        rules = rule.with_user(self.manager)
        rule.with_user(self.manager).action_activate()
        rule.enroll(lead)
        self._run_worker()
        rule._alert(lambda env: EVIL, lambda env: EVIL)

        for html in (
            dialog.record_names,
            rules.action_view_of_stage(self.stage_offer.id)["help"],
            *self.partner.message_ids.mapped("body"),
            *rule.activity_ids.mapped("note"),
        ):
            with self.subTest(html):
                self.assertNotIn("<img", html)
        self.assertIn("&lt;img", dialog.record_names)
        self.assertIn("&lt;img", rule.activity_ids.note)

    def test_texts_of_a_manager_are_cleaned(self):
        texts = {"activity_note": f"<p>Note</p>{EVIL}", "message_body": f"<p>Body</p>{EVIL}<script>1</script>"}
        step = self._rule_on_offer([self._task(**texts)], activate=False).step_ids

        for html in (step.activity_note, step.message_body):
            self.assertNotRegex(html, "onerror|script")

    def test_portal_learns_nothing_from_his_quotation(self):
        """They may read it, and call its public methods."""
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        order = self._create_order(partner_id=portal.partner_id.id)
        mine = order.with_user(portal)
        self.assertTrue(mine.read(["name"]))

        for what in (
            mine.crm_trigger_timeline,
            mine.action_crm_trigger_pause,
            mine.action_crm_trigger_resume,
            lambda: mine.read(["crm_trigger_count"]),
            lambda: mine.search([("crm_trigger_count", ">", 0)]),
        ):
            with self.assertRaises(AccessError):
                what()

    def test_who_has_nothing_to_do_with_rules_pauses_none(self):
        """They may change the contact all the same. Fails without the first line of ``_check_may_pause``."""
        clerk = new_test_user(self.env, "crm_triggers_clerk", groups="base.group_user,base.group_partner_manager")
        contact = self.partner.with_user(clerk)
        contact.comment = "changed"

        for button in (contact.action_crm_trigger_pause, contact.action_crm_trigger_resume):
            with self.assertRaises(AccessError):
                button()

    def test_only_who_is_concerned_is_told_on_screen(self):
        """And only which records, nothing of them."""
        rule = self._rule_on_offer([self._task()])
        lead = self._create_lead(name="Secret name")
        self._drag(lead, self.stage_offer)
        self.env["bus.bus"].search([]).unlink()
        self._run_worker()

        messages = self.env["bus.bus"].search([("message", "ilike", "crm_triggers/refresh")])
        self.assertTrue(messages)
        self.assertNotIn("Secret name", "".join(messages.mapped("message")))
        for user in (self.tom, self.zoe):
            self.assertFalse([m for m in messages if f'"res.partner",{user.partner_id.id}' in m.channel])
        self.assertTrue(rule)

    def test_who_sets_a_run_off_is_not_for_the_caller_to_say(self):
        rule = self._create_rule("manual")
        lead = self._create_lead()
        rule = rule.with_user(self.sam).with_context(crm_triggers_author=self.admin.id)

        rule.enroll(lead.with_user(self.sam).with_context(crm_triggers_author=self.admin.id))

        self.assertEqual(self._get_runs(lead).user_id, self.sam)

    def _sell_in_lyon(self, partner):
        line = Command.create({"product_id": self.product.id, "price_unit": 5000})
        orders = self.env["sale.order"].with_company(self.company_b)
        return orders.create({"partner_id": partner.id, "company_id": self.company_b.id, "order_line": [line]})
