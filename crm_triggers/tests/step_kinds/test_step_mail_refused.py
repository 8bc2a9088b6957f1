from odoo.tests import tagged

from ..mail_step_case import MailStepCase


@tagged("post_install", "-at_install")
class TestStepMailRefused(MailStepCase):
    """K04, promise 7: contacts who opted out get no email in any way; nothing is sent to bouncing addresses."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())
        self.env["mail.blacklist"]._add("black@example.com")
        self.black = self.env["res.partner"].create({"name": "Black", "email": "black@example.com"})

    def _run_step(self, step, lead=None, followers=None):
        """Return what left for whom: the addresses that the mail server was handed over."""
        self._rule_on_offer([step])
        lead = lead or self._create_lead()
        if followers:
            lead.message_subscribe(followers.ids)
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self.lead = lead.sudo()
        self._new_mails.filtered(lambda mail: mail.state == "outgoing").send()
        return {address for mail in self._mails for address in mail["email_to"]}

    def assertLeftFor(self, expected, reached):  # noqa: N802
        found = " ".join(sorted(reached))
        self.assertNotIn("black@", found)
        for address in expected:
            self.assertIn(address, found)

    def _message(self, **vals):
        return {**self._note(), "kind": "message", **vals}

    def test_message_to_followers(self):
        """The chatter says that he did not get it. Fails without ``_crm_trigger_spare_refused`` in ``mail.mail``,
        or ``_crm_trigger_tell_spared``."""
        reached = self._run_step(self._message(), followers=self.partner | self.black)

        self.assertLeftFor(["ada@example.com"], reached)
        told = self.lead.message_ids.notification_ids.filtered(lambda one: one.res_partner_id == self.black)
        self.assertEqual(told.mapped("notification_status"), ["canceled"])

    def test_who_opts_out_while_it_waits(self):
        """Also of what is no message of a step: the mail of an administrator's code. Fails
        without ``_crm_trigger_spare_automatic``."""
        code = "env['mail.mail'].create({'subject': 'Code', 'body_html': 'Code', 'email_to': 'ada@example.com'})"
        self._rule_on_offer([self._code(code)], user=self.admin)
        self._drag(self._create_lead(), self.stage_offer)
        self._run_worker()
        mail = self._new_mails.filtered(lambda one: one.subject == "Code")
        self.assertEqual(mail.state, "outgoing")
        self.env["mail.blacklist"]._add("ada@example.com")

        mail.send()

        self.assertEqual(mail.state, "cancel")
        self.assertFalse(self._mails)

    def test_message_of_which_nothing_leaves(self):
        self.assertFalse(self._run_step(self._message(), followers=self.black))

        told = self.lead.message_ids.notification_ids.filtered(lambda one: one.res_partner_id == self.black)
        self.assertEqual(told.mapped("notification_status"), ["canceled"])

    def test_colleague_gets_the_message_whatever_the_list_says(self):
        self.env["mail.blacklist"]._add(self.tom.email)

        reached = self._run_step(self._message(), followers=self.tom.partner_id)

        self.assertIn(self.tom.email, " ".join(reached))

    def test_second_address_of_a_contact(self):
        """Odoo sends to each that the field holds. Fails without ``spare``."""
        self.partner.email = "ada@example.com, black@example.com"
        for step in (self._mail(self._create_template()), self._message()):
            with self.subTest(step["kind"]):
                self.assertLeftFor(["ada@example.com"], self._run_step(step, followers=self.partner))
                self._rest_rules()

    def test_first_address_on_the_list_is_the_contact(self):
        self.partner.email = "black@example.com, ada@example.com"

        self.assertFalse(self._run_step(self._mail(self._create_template())))

        self.assertExecutions(self.lead, [("Mail", "skipped", "blacklist")])

    def test_email_of_an_administrators_code(self):
        """Whatever code writes while a rule acts."""
        code = "record.message_post(body='Hi', partner_ids=record.partner_id.ids, subtype_xmlid='mail.mt_comment')"
        rule = self._create_rule(
            steps=[self._code(code)], filter_domain=[("stage_id", "=", self.stage_offer.id)], user=self.admin
        )
        lead = self._create_lead(partner_id=self.black.id)
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._new_mails.filtered(lambda mail: mail.state == "outgoing").send()

        self.assertEqual(self._get_executions(lead, rule).state, "done")
        self.assertNotIn("black@", " ".join(str(mail["email_to"]) for mail in self._mails))

    def test_invitation_to_a_meeting(self):
        values = {"kind": "agenda", "name": "Meet", "agenda_title": "Meet", "agenda_invite": True}
        reached = self._run_step(values, self._create_lead(partner_id=self.black.id))

        self.assertNotIn("black@", " ".join(reached))

    def test_address_that_bounced_is_skipped(self):
        """Fails without ``_get_crm_trigger_dead``."""
        self.partner.message_bounce = 2

        self.assertFalse(self._run_step(self._mail(self._create_template())))

        self.assertExecutions(self.lead, [("Mail", "skipped", "bounced")])

    def test_address_without_contact_that_bounced_is_skipped(self):
        lead = self._create_lead(partner_id=False, email_from="bob@example.com")
        lead.sudo().message_bounce = 2

        self.assertFalse(self._run_step(self._mail(self._create_template(use_default_to=True)), lead))

        self.assertExecutions(lead, [("Mail", "skipped", "bounced")])

    def test_one_bounce_is_a_bad_day(self):
        self.partner.message_bounce = 1

        self.assertLeftFor(["ada@example.com"], self._run_step(self._mail(self._create_template())))

    def test_corrected_address_is_written_to(self):
        """Fails without ``write`` in ``mail.thread.blacklist``."""
        self.partner.message_bounce = 3
        self.partner.email = "ada.lovelace@example.com"

        self.assertLeftFor(["ada.lovelace@"], self._run_step(self._mail(self._create_template())))

    def test_address_written_otherwise_is_the_same(self):
        self.partner.message_bounce = 3
        self.partner.email = '"Ada" <ADA@example.com>'

        self.assertEqual(self.partner.message_bounce, 3)
