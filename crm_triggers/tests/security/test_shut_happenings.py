from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import CrmTriggersCommon

MEETING = {"start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00"}
# What says when a rule acts by what happens or recurs, with a value for each.
WHEN = {
    "happening": "message_sent",
    "happening_words": "x",
    "happening_type_id": False,
    "happening_template_id": False,
    "recur_count": 2,
    "recur_unit": "day",
    "recur_weekday": "1",
    "recur_day": 2,
    "recur_from": "2026-01-01",
    "recur_since": "2000-01-01",
    "hear_own": True,
}


@tagged("post_install", "-at_install")
class TestShutHappenings(CrmTriggersCommon):
    """Promise 8: what happens to records, and days that recur, tell nobody and are moved by nobody
    who may not."""

    def _create_happening(self, happening, steps=None, **vals):
        return self._create_rule("happening", steps or [self._note()], happening=happening, **vals)

    def test_words_of_private_meetings_are_not_tried_out(self):
        """A manager would learn by a rule's runs what others' private meetings are about.

        Fails without ``effective_privacy`` in ``calendar.event``.
        """
        lead = self._create_lead()
        guess = self._create_happening("meeting_planned", happening_words="merger")
        any_meeting = self._create_happening("meeting_planned")
        meetings = self.env["calendar.event"].with_user(self.sam)
        private = {"name": "Merger", "location": "Merger", "privacy": "private", "opportunity_id": lead.id, **MEETING}
        meetings.create(private)
        self._new_transaction()
        self.assertEqual((len(guess.run_ids), len(any_meeting.run_ids)), (0, 1), "that there is one is no secret")

        self.sam.with_user(self.sam).calendar_default_privacy = "private"
        meetings.create({**private, "privacy": False})
        self._new_transaction()
        self.assertFalse(guess.run_ids)

        meetings.create({**private, "privacy": "public"})
        self._new_transaction()
        self.assertEqual(len(guess.run_ids), 1)

    def test_rule_starts_for_nothing_of_another_company(self):
        """Fails without ``matching`` in ``_enter_keys``."""
        rules = [
            self._create_happening("activity_planned"),
            self._create_happening("message_sent"),
            self._create_happening("meeting_planned"),
        ]
        lead = self._create_lead_of_lyon()
        lead.activity_schedule(activity_type_id=self.todo.id)
        lead.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.env["calendar.event"].create({"name": "Visit", "opportunity_id": lead.id, **MEETING})
        self._new_transaction()

        self.assertFalse(self.env["crm.trigger.run"].search([("rule_id", "in", [rule.id for rule in rules])]))

    def test_recurring_rule_looks_at_its_company_only(self):
        """Fails without ``_get_conditions`` in ``_search_recurring``."""
        rule = self._create_rule("recurring", filter_domain=[("stage_id", "=", self.stage_offer.id)])
        self._create_lead_of_lyon(stage_id=self.stage_offer.id)
        self._run_until("2026-02-09 12:00:00")

        self.assertFalse(rule.run_ids)

    def test_only_managers_of_the_company_say_when_a_rule_acts(self):
        rule = self._create_rule("recurring")
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        for user in (portal, self.sam, self.zoe):
            for name, value in WHEN.items():
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    rule.with_user(user).write({name: value})

    def test_days_done_are_not_set_back(self):
        """By hand or by defaults of the context a rule would make up for years. Fails without ``recur_since`` in
        ``BUTTON_FIELDS``."""
        rules = self.env["crm.trigger.rule"].with_user(self.manager)
        values = {"name": "R", "model_id": self.env["ir.model"]._get_id("crm.lead"), "trigger": "recurring"}
        with self.assertRaises(AccessError):
            rules.create({**values, "recur_since": "2000-01-01"})

        self.assertFalse(rules.with_context(default_recur_since="2000-01-01").create(values).recur_since)

    def test_portal_gains_nothing_by_writing_twice(self):
        """A discount for an answer is given once, however often the customer answers."""
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        order = self._create_order(partner_id=portal.partner_id.id)
        discount = {"kind": "discount", "name": "Discount", "discount_percent": 10, "discount_lines": "all"}
        self._create_happening("message_received", [discount], model="sale.order")
        for _answer in range(2):
            order.with_user(portal).sudo().message_post(
                body="More?", message_type="comment", subtype_xmlid="mail.mt_comment", author_id=portal.partner_id.id
            )
            self._new_transaction()
            self._run_worker()

        self.assertExecutions(order, [("Discount", "done"), ("Discount", "skipped", "already")])
        self.assertEqual(order.order_line.mapped("discount"), [10])

    def test_discounts_are_the_managers(self):
        """What was given is in no list; a step's discount is changed by managers, within bounds."""
        discount = {"kind": "discount", "name": "Discount", "discount_percent": 10}
        rule = self._create_rule("manual", [discount], model="sale.order")
        order = self._create_order()
        rule.enroll(order)
        self._run_worker()
        self.assertTrue(self.env["crm.trigger.incentive"].search([("order_id", "=", order.id)]))

        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        for user in (portal, self.sam, self.zoe, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["crm.trigger.incentive"].with_user(user).search([])
        for user in (portal, self.sam, self.zoe):
            for name, value in (("discount_percent", 100), ("discount_maximum", 0), ("discount_days", 366)):
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    rule.step_ids.with_user(user).write({name: value})

    def test_dialog_is_pressed_by_who_opened_it(self):
        """Fails without ``crm_trigger_activation_rule_own``."""
        rule = self._rule_on_offer(activate=False)
        lead = self._create_lead(stage_id=self.stage_offer.id)
        values = {"rule_id": rule.id, "existing_ids": lead.ids, "scope": "existing"}
        dialog = self.env["crm.trigger.activation"].with_user(self.manager).create(values)
        other = self._create_user("max", "base.group_user,sales_team.group_sale_manager")
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        for user in (portal, self.sam, self.zoe, other):
            with self.subTest(user.login), self.assertRaises(AccessError):
                dialog.with_user(user).action_switch_on()
            with self.subTest(user.login), self.assertRaises(AccessError):
                dialog.with_user(user).read(["record_names"])

        self.assertEqual((rule.state, rule.run_ids), ("draft", rule.run_ids.browse()))

    def test_manager_takes_in_none_of_another_company(self):
        """Whatever numbers and conditions he puts into the dialog."""
        rule = self._rule_on_offer(activate=False)
        lead = self._create_lead_of_lyon(stage_id=self.stage_offer.id)
        dialogs = self.env["crm.trigger.activation"].with_user(self.manager)
        dialog = dialogs.create({"rule_id": rule.id, "existing_ids": lead.ids, "scope": "existing"})
        dialog.narrow_domain = f"['|', ('id', '=', {lead.id}), ('id', '!=', 0)]"
        dialog.action_switch_on()
        self._run_worker()

        self.assertEqual((rule.state, rule.run_count, dialog.record_count), ("live", 0, 0))

    def test_meeting_is_in_the_calendar_of_who_may_open_the_record(self):
        """A manager puts nothing into the calendar of somebody of another company: the salesperson gets it.

        Fails without ``_get_openers`` in ``_assign``.
        """
        lead = self._create_lead()
        step = {"kind": "agenda", "name": "Meet", "agenda_title": "Meet", "agenda_duration": 1, "responsible": "user"}
        self._create_rule("manual", [{**step, "responsible_id": self.zoe.id}]).enroll(lead)
        self._run_worker()

        self.assertEqual(self.env["calendar.event"].search([("name", "ilike", "Meet")]).user_id, self.sam)

    def test_salesperson_makes_no_step_that_tells_a_channel(self):
        channel = self.env["discuss.channel"].create({"name": "Sales", "channel_type": "channel"})
        rule = self._create_rule("manual", activate=False)
        step = {"kind": "channel", "name": "Tell", "channel_id": channel.id, "rule_id": rule.id}
        self.zoe.group_ids += self.env.ref("sales_team.group_sale_manager")
        portal = new_test_user(self.env, "crm_triggers_portal", groups="base.group_portal")
        for user in (portal, self.sam, self.zoe):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["crm.trigger.step"].with_user(user).create(step)

    def test_channel_is_text(self):
        """Names of records are no HTML in a channel."""
        channel = self.env["discuss.channel"].create({"name": "Sales", "channel_type": "channel"})
        channel.add_members(partner_ids=self.manager.partner_id.ids)
        step = {"kind": "channel", "name": "Tell", "channel_id": channel.id, "channel_text": "<img src=x onerror=a()>"}
        rule = self._create_rule("manual", [step])
        rule.enroll(self._create_lead(name="<img src=x onerror=b()>"))
        self._run_worker()

        body = str(channel.message_ids[:1].body)
        self.assertIn("&lt;img", body)
        self.assertNotIn("<img", body)

    def _create_lead_of_lyon(self, **vals):
        values = {"company_id": self.company_b.id, "user_id": self.zoe.id, "team_id": False}
        return self.env["crm.lead"].create({"name": "Lyon", "type": "opportunity", **values, **vals})
