from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestShutReach(CrmTriggersCommon):
    """Promise 8: a rule works as the system, on the records that its author may open and no others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        channels = cls.env["discuss.channel"].with_user(cls.sam)
        cls.private = channels._create_group(partners_to=(cls.sam | cls.tom).partner_id.ids, name="Board only").sudo()

    def _hide_leads(self, domain, **modes):
        """Have a record rule hide leads that are there from everybody, whatever groups they are in."""
        values = {"name": "Hidden", "model_id": self.env["ir.model"]._get_id("crm.lead"), "domain_force": domain}
        self.env["ir.rule"].create({**values, "perm_create": False, **modes})

    def _message(self, text="Posted by a rule", **vals):
        return {"kind": "message", "name": "Message", "message_body": f"<p>{text}</p>", **vals}

    def _get_bodies(self, records):
        return " ".join(records.sudo().message_ids.mapped("body"))

    def _on_channels(self, trigger="recurring", **vals):
        values = {"recur_unit": "day", "recur_from": "2026-01-01"} if trigger == "recurring" else {}
        return self._create_rule(
            trigger, [self._message()], model="discuss.channel", exclude_internal=False, **values, **vals
        )

    # Records in reach

    def test_message_is_posted_in_no_conversation_that_its_author_does_not_read(self):
        """Fails without ``_get_reach_domain`` in ``_get_own_conditions``."""
        own = self.env["discuss.channel"].with_user(self.manager)._create_group(self.manager.partner_id.ids).sudo()
        own.name = "Board only"
        rule = self._on_channels(filter_domain=[("name", "=", "Board only")])

        self._run_until("2026-02-04 12:00")

        self.assertEqual(rule.run_ids.mapped("res_id"), own.ids)
        self.assertNotIn("Posted by a rule", self._get_bodies(self.private))
        self.assertIn("Posted by a rule", self._get_bodies(own))

    def test_words_are_not_heard_in_conversations_of_others(self):
        rule = self._on_channels("happening", happening="message_sent", happening_words="merger")

        self.private.with_user(self.sam).message_post(
            body="About the merger", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._new_transaction()

        self.assertFalse(rule.run_ids)

    def test_rule_acts_on_no_bill_that_its_author_may_not_read(self):
        """Record rules may compare columns: then the columns determine it, without an extra query."""
        rule = self._create_rule(model="account.move", filter_domain=[("state", "=", "posted")])
        watcher = next(one for one in rule._get_watch()["account.move"].watchers if one.rule_id == rule.id)
        self.assertIn("move_type", watcher.fields)
        bill = self._create_invoice(move_type="in_invoice")

        invoice = self._create_posted()
        bill.action_post()
        self._new_transaction()

        self.assertEqual(rule.run_ids.mapped("res_id"), invoice.ids)

    def test_rule_of_an_administrator_acts_on_all(self):
        rule = self._on_channels(filter_domain=[("name", "=", "Board only")], user=self.admin)

        self._run_until("2026-02-04 12:00")

        self.assertEqual(rule.run_ids.mapped("res_id"), self.private.ids)
        self.assertIn("administrator", rule.reach_text)

    def test_rights_count_as_they_are_when_the_step_is_due(self):
        """Also for rules that continue when conditions are no longer met. Fails without ``_search_within``."""
        steps = [self._task("Later", delay_count=1)]
        leaving = [self._rule_on_offer(steps), self._rule_on_offer(steps, keep_matching=False)]
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self.assertEqual([rule.run_ids.state for rule in leaving], ["running", "running"])

        self._hide_leads("[('stage_id.name', '!=', 'Offer')]")
        self._run_until("2026-02-04 12:00")

        self.assertEqual([rule.run_ids.state for rule in leaving], ["stopped", "stopped"])
        self.assertFalse(lead.sudo().activity_ids)

    def test_manager_cannot_put_records_that_he_may_not_open_into_his_own_scenario(self):
        rule, lead = self._create_rule("manual"), self._create_lead(name="Secret")
        self._hide_leads("[('name', 'not like', 'Secret')]", perm_write=False)

        rule.sudo().enroll(lead.sudo())

        self.assertFalse(rule.run_ids)

    # What is done to them

    def test_step_changes_nothing_that_its_author_may_not_change(self):
        """Fails without ``_get_beyond`` in ``_act``."""
        self._hide_leads("[('name', 'not like', 'Locked')]", perm_read=False)
        rule = self._rule_on_offer([self._update("priority", "2"), self._message()])
        locked, free = self._create_lead(name="Locked").sudo(), self._create_lead(name="Free").sudo()

        self._drag(locked + free, self.stage_offer)
        self._run_worker()

        self.assertEqual(
            [(line.state, line.skip_reason) for line in self._get_executions(locked, rule)],
            [("skipped", "beyond")] * 2,
        )
        self.assertEqual((locked.priority, free.priority), ("0", "2"))
        self.assertNotIn("Posted by a rule", self._get_bodies(locked))
        self.assertIn("Posted by a rule", self._get_bodies(free))

    def test_step_changes_nothing_elsewhere_that_its_author_may_not_change(self):
        """The contact that a note is put on; the opportunity that a quotation leads to."""
        self._hide_leads("[('name', 'not like', 'Locked')]", perm_read=False)
        model_id = self.env["ir.model"]._get_id("res.partner")
        locked_contacts = {"name": "Locked", "model_id": model_id, "domain_force": "[('name', '!=', 'Ada')]"}
        self.env["ir.rule"].create({**locked_contacts, "perm_read": False, "perm_create": False})
        stage = {"kind": "stage", "name": "Stage", "stage_move": "stage", "stage_id": self.stage_later.id}
        rule = self._create_rule(
            steps=[self._note(target="contact"), stage], model="sale.order", filter_domain=[("state", "=", "sent")]
        )
        lead = self._create_lead(name="Locked").sudo()
        order = self._create_order(opportunity_id=lead.id).sudo()

        order.action_quotation_sent()
        self._new_transaction()
        self._run_worker()

        self.assertEqual(self._get_executions(order, rule).mapped("skip_reason"), ["beyond", "beyond"])
        self.assertEqual(lead.stage_id, self.stage_new)
        self.assertNotIn("Look here", self._get_bodies(self.partner))

    # Conditions on related records

    def test_conditions_look_at_nothing_that_is_each_persons_own(self):
        """Conversations are read by their members: which leads fire would reveal their content.
        Fails without ``_get_reach_domain_of``."""
        self.private.with_user(self.sam).message_post(body="The raise", message_type="comment")
        body = "channel_ids.message_ids.body"
        for path in (f"user_id.partner_id.{body}", "user_id.partner_id.channel_member_ids.channel_id.name"):
            with self.subTest(path):
                rule = self._rule_on_offer(exclude_internal=False)
                rule.with_user(self.manager).filter_domain = str([(path, "ilike", "raise"), ("type", "!=", False)])
                negative = self._create_rule(filter_domain=[(path, "not ilike", "raise")], exclude_internal=False)
                lead = self._create_lead()
                self.assertFalse(rule.sudo()._search_matching(lead.ids))
                self.assertTrue(negative._search_matching(lead.ids), "as if there were none")

    def test_messages_of_the_record_itself_are_looked_at(self):
        rule = self._create_rule(filter_domain=[("message_ids.body", "ilike", "discount")])
        lead = self._create_lead()
        lead.message_post(body="A discount?")
        self.env.flush_all()

        self.assertTrue(rule._search_matching(lead.ids))

    # The author

    def test_author_is_who_last_said_what_the_rule_does(self):
        """Fails without ``_sign``."""
        rule = self._rule_on_offer(user=self.admin, activate=False)
        self.assertEqual(rule.author_id, self.admin)

        rule.with_user(self.manager).name = "Another name"
        self.assertEqual(rule.author_id, self.admin, "a name says nothing of it")
        rule.with_user(self.manager).step_ids.activity_summary = "Another text"
        self.assertEqual(rule.author_id, self.manager)
        rule.with_user(self.admin).step_ids.activity_summary = "Mended"
        self.assertEqual(rule.author_id, self.manager, "an administrator who mends a text lends it no rights")
        rule.with_user(self.admin).filter_domain = "[('type', '!=', False)]"
        self.assertEqual(rule.author_id, self.admin)
        self.assertEqual(rule.with_user(self.manager).copy().author_id, self.manager)

    def test_nobody_makes_himself_out_as_another_author(self):
        rule = self._rule_on_offer(activate=False).with_user(self.manager)
        values = {"name": "Rule", "model_id": rule.model_id.id, "author_id": self.admin.id}

        with self.assertRaises(AccessError):
            rule.author_id = self.admin
        with self.assertRaises(AccessError):
            rule.create(values)
        del values["author_id"]
        self.assertEqual(rule.with_context(default_author_id=self.admin.id).create(values).author_id, self.manager)

    def test_rule_says_whose_records_it_acts_on(self):
        rule = self._rule_on_offer()

        self.assertIn("that Mona has access to", rule.with_user(self.sam).reach_text)

    def test_who_asks_why_is_told_that_the_author_may_not_open_it(self):
        """Fails without the guard in ``_explain_guards``."""
        self._hide_leads("['|', ('name', 'not like', 'Secret'), ('user_id', '=', user.id)]")
        rule, lead = self._rule_on_offer(), self._create_lead(name="Secret")

        answer = rule.with_user(self.sam).explain(lead)

        self.assertFalse(answer["ok"])
        self.assertIn("the author of the rule has no access to it (Mona)", answer["verdict"])

    def test_rule_on_what_is_no_business_record_is_the_administrators(self):
        """By the external API, which no list on a screen bounds."""
        for model in ("mail.message", "ir.attachment", "res.users.settings"):
            values = {"name": "Rule", "model_id": self.env["ir.model"]._get_id(model), "trigger": "match"}
            with self.subTest(model), self.assertRaises(UserError):
                self.env["crm.trigger.rule"].with_user(self.manager).create(values)

    # What was written before, or when there were other rights

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.crm_triggers.models.isolation")
    def test_rule_of_before_that_asks_what_its_author_may_not_read_is_paused(self):
        """By the clock, and refused when switched on. Fails without ``_get_author_problem``."""
        never = ("(0, '=', 1)", "(not not (datetime.datetime.now().minute - 99), '!=', 1)")
        rules = self.env["crm.trigger.rule"].union(*(self._rule_on_offer() for _one in never))
        for rule, side in zip(rules, never, strict=True):
            secret = f"[{side}, ('user_id.totp_last_counter', '=', False)]"
            self.env.cr.execute("UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", [secret, rule.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()

        self._run_sweep()

        for rule in rules:
            self.assertEqual(rule.state, "paused")
            self.assertIn("its author, Mona, cannot read", rule.activity_ids.note)
            with self.assertRaisesRegex(UserError, "cannot read"):
                rule.with_user(self.manager).action_activate()

    def test_step_that_its_author_may_no_longer_make_pauses_the_rule(self):
        """Rights are asked when a step is saved, and may be taken away later. Fails without the step's
        ``_get_author_problem``."""
        channel = self.env["discuss.channel"].create({"name": "Sales", "channel_type": "channel"})
        step = {"kind": "channel", "name": "Post", "channel_id": channel.id, "channel_text": "Look"}
        rule = self._rule_on_offer([step])
        channel.group_public_id = self.env.ref("base.group_system")
        channel.channel_member_ids.filtered(lambda member: member.partner_id == self.manager.partner_id).unlink()
        self.assertFalse(channel.with_user(self.manager).has_access("read"))

        self._run_sweep()

        self.assertEqual(rule.state, "paused")
        self.assertIn("its author, Mona", rule.activity_ids.note)

    def test_what_a_step_asks_is_looked_at_again_for_another_kind_of_record(self):
        """A line's and its document's steps write in the same chatter, and may stay. Fails without
        ``_check_step_conditions``."""
        rule = self._rule_on_offer(activate=False)
        with patch.object(type(rule.step_ids), "_check_filter_domain", autospec=True) as check:
            rule.with_user(self.manager).write({"step_ids": [Command.clear()], "model_id": rule.model_id.id})
        self.assertTrue(check.called)
