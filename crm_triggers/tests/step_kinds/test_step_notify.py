from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStepNotify(CrmTriggersCommon, MailCase):
    """K26, K53, K54: the right users are notified, in the chatter, in Odoo or by email as each prefers, or in a
    channel.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tim = cls._create_user("tim", "base.group_user,sales_team.group_sale_salesman_all_leads")
        (cls.sam | cls.tom | cls.tim | cls.manager).notification_type = "inbox"
        cls.channel = cls.env["discuss.channel"].create({"name": "Deals", "channel_type": "channel"})

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _tell(self, step, count=1, **vals):
        """Return the messages that a rule left, one per lead."""
        rule = self._rule_on_offer([step])
        leads = self._create_leads(count, **vals)
        self._drag(leads, self.stage_offer)
        self._run_worker()
        lines = self._get_executions(leads, rule)
        self.assertEqual(set(lines.mapped("state")), {"done"})
        rule.action_draft()
        return self.env["mail.message"].browse(lines.mapped("result_id"))

    # Notes

    def test_note_rings_at_the_salesperson_alone(self):
        """K26, K53: it is in the chatter, and in the user's inbox."""
        message = self._tell(self._note("Look"))

        self.assertEqual(message.model, "crm.lead")
        self.assertEqual(message.notified_partner_ids, self.sam.partner_id)
        self.assertEqual(message.notification_ids.notification_type, "inbox")

    def test_note_rings_at_all_who_are_chosen(self):
        """Leader, members, colleagues, followers: each once. Fails without ``_get_also_told``."""
        self.team.member_ids = self.sam | self.tim
        cases = {
            "notify_leader": self.manager,
            "notify_members": self.tim,
            "notify_user_ids": self.tim | self.manager,
        }
        for fname, expected in cases.items():
            value = [Command.set(expected.ids)] if fname == "notify_user_ids" else True
            with self.subTest(fname):
                message = self._tell(self._note("Look", **{fname: value}))
                self.assertEqual(message.notified_partner_ids, (self.sam | expected).partner_id)

    def test_note_rings_at_colleagues_who_follow(self):
        """Not at customers."""
        rule = self._rule_on_offer([self._note("Look", notify_followers=True)])
        lead = self._create_lead()
        lead.sudo().message_subscribe((self.tim.partner_id | self.partner).ids)
        self._drag(lead, self.stage_offer)
        self._run_worker()

        message = self.env["mail.message"].browse(self._get_executions(lead, rule).result_id)
        self.assertEqual(message.notified_partner_ids, (self.sam | self.tim).partner_id)

    def test_note_comes_by_mail_to_who_likes_that(self):
        """K54: by the choice of each."""
        self.tim.notification_type = "email"

        message = self._tell(self._note("Look", notify_user_ids=[Command.set(self.tim.ids)]))

        kinds = {line.res_partner_id: line.notification_type for line in message.notification_ids}
        self.assertEqual(kinds, {self.sam.partner_id: "inbox", self.tim.partner_id: "email"})
        self.assertEqual(self._new_mails.recipient_ids, self.tim.partner_id)

    def test_who_may_not_open_the_record_is_not_told(self):
        """Tom sees his own leads only. Fails without ``openers`` in ``_get_also_told``."""
        message = self._tell(self._note("Look", notify_user_ids=[Command.set(self.tom.ids)]))

        self.assertEqual(message.notified_partner_ids, self.sam.partner_id)

    def test_notes_of_many_records_are_one_each(self):
        messages = self._tell(self._note("Look", notify_leader=True), 5)

        self.assertEqual(len(messages), 5)
        self.assertEqual(messages.notified_partner_ids, (self.sam | self.manager).partner_id)

    def test_wrong_colleagues_are_refused_on_saving(self):
        gone = self._create_user("gone", "base.group_user")
        gone.active = False
        for user, expected in ((gone, "Gone is archived"), (self.zoe, "Zoe: no access to the company")):
            step = self._note("Look", notify_user_ids=[Command.set(user.ids)])
            with self.subTest(expected), self.assertRaisesRegex(UserError, f"Rule “Rule”, step “Note”: {expected}"):
                self._rule_on_offer([step], activate=False)

    def test_phrase_names_who_is_told(self):
        rule = self._rule_on_offer(
            [self._note("Look", notify_leader=True, notify_followers=True, notify_user_ids=[Command.set(self.tim.ids)])]
        )

        self.assertEqual(rule.step_ids.phrase, "add a note to the salesperson, the team leader, the followers, Tim")

    # Channels

    def _post(self, **vals):
        values = {"kind": "channel", "name": "Post", "channel_id": self.channel.id, "channel_text": "Offers are out"}
        return {**values, **vals}

    def test_channel_is_told_of_a_batch_in_one_message(self):
        """K53: with a link to each record. Fails with a post per execution."""
        messages = self._tell(self._post(), 3)

        self.assertEqual(len(messages | messages), 1)
        self.assertEqual((messages[:1].model, messages[:1].res_id), ("discuss.channel", self.channel.id))
        self.assertEqual(messages[:1].author_id, self.env.ref("base.partner_root"))
        for text in ("Offers are out", "Lead 0", "Lead 1", "Lead 2", 'data-oe-model="crm.lead"'):
            self.assertIn(text, messages[:1].body)

    def test_text_is_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        rule = self._rule_on_offer([self._post()])
        rule.step_ids.action_id.with_context(lang="fr_FR").channel_text = "Les devis sont partis"
        self.company.partner_id.lang = "fr_FR"
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()

        message = self.env["mail.message"].browse(self._get_executions(lead).result_id)
        self.assertIn("Les devis sont partis", message.body)

    def test_server_action_posts_as_well(self):
        leads = self._create_leads(2)
        action = self.env["ir.actions.server"].create(
            {
                "name": "Post",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "crm_trigger_channel",
                "channel_id": self.channel.id,
                "channel_text": "Look",
            }
        )

        action.with_context(active_model="crm.lead", active_ids=leads.ids).run()

        self.assertIn("Lead 1", self.channel.message_ids[:1].body)

    def test_channel_that_the_manager_cannot_read_is_refused(self):
        """Neither when it is made nor when it is changed. Fails without ``_check_manager_may``."""
        secret = self.env["discuss.channel"].create({"name": "Board", "channel_type": "group"})
        with self.assertRaisesRegex(AccessError, "Only channels that you can read"):
            self._rule_on_offer([self._post(channel_id=secret.id)], activate=False)
        step = self._rule_on_offer([self._post()], activate=False).step_ids.with_user(self.manager)
        with self.assertRaisesRegex(AccessError, "Only channels that you can read"):
            step.channel_id = secret.id

    def test_name_of_a_channel_is_told_to_who_may_read_it(self):
        secret = self.env["discuss.channel"].create({"name": "Board", "channel_type": "group"})
        rule = self._rule_on_offer([self._post(channel_id=secret.id)], user=self.admin, activate=False)

        self.assertEqual(rule.step_ids.with_user(self.manager).phrase, "post in a channel")
        self.channel.active = True
        rule.step_ids.channel_id = self.channel
        self.env.invalidate_all()
        self.assertEqual(rule.step_ids.with_user(self.manager).phrase, "post in the channel “Deals”")

    def test_missing_channel_or_text_is_refused(self):
        for vals, expected in (
            ({"channel_id": False}, "choose the channel"),
            ({"channel_text": False}, "write the text"),
        ):
            with self.subTest(expected), self.assertRaisesRegex(UserError, f"step “Post”: {expected}"):
                self._rule_on_offer([self._post(**vals)])
        rule = self._rule_on_offer([self._post()])
        self.channel.active = False
        self.assertIn("choose the channel", rule._get_problem())
