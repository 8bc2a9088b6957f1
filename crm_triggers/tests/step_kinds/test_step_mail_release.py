from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..mail_step_case import MailStepCase


@tagged("post_install", "-at_install")
class TestStepMailRelease(MailStepCase):
    """Promise 7: messages of rules are checked again before they are sent."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _queue(self, *more, step=None, **vals):
        """Return a lead whose mail is in the queue, and the mail."""
        self._rule_on_offer([{**self._mail(self._create_template()), **(step or {})}, *more], **vals)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return lead, self._new_mails

    def _meet_no_server(self, mails):
        with patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("refused")):
            mails.send()

    def assertTakenBack(self, lead, mail, state="cancel", reason=False):  # noqa: N802
        mail.filtered(lambda one: one.state == "outgoing").send()
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(self._mails)
        line = self._get_executions(lead)[0]
        self.assertEqual((line.state, line.skip_reason), (state, reason))

    def test_record_that_left_the_conditions_meanwhile(self):
        """Fails without ``_crm_trigger_look_again``."""
        lead, mail = self._queue()
        self._drag(lead, self.stage_later)

        self.assertTakenBack(lead, mail)
        self.assertStopped(lead, "unmatched")

    def test_rule_that_does_not_mind_sends_it(self):
        lead, mail = self._queue(keep_matching=False)
        self._drag(lead, self.stage_later)

        mail.send()

        self.assertEqual(mail.state, "sent")
        self.assertExecutions(lead, [("Mail", "done")])

    def test_record_that_reached_stop_when_meanwhile(self):
        lead, mail = self._queue(stop_domain=[("priority", "=", "3")])
        lead.sudo().priority = "3"
        self._new_transaction()

        self.assertTakenBack(lead, mail)
        self.assertStopped(lead, "stop_domain")

    def test_condition_of_the_step_that_no_longer_holds(self):
        lead, mail = self._queue(step={"filter_domain": str([("priority", "=", "0")])}, keep_matching=False)
        lead.sudo().priority = "3"
        self._new_transaction()

        self.assertTakenBack(lead, mail, "skipped", "condition")

    def test_addressee_on_the_blacklist_meanwhile(self):
        lead, mail = self._queue()
        self.env["mail.blacklist"]._add("ada@example.com")

        self.assertTakenBack(lead, mail, "skipped", "blacklist")

    def test_archived_addressee(self):
        lead, mail = self._queue()
        self.partner.active = False

        self.assertTakenBack(lead, mail, "skipped", "archived")

    def test_record_of_another_customer_meanwhile(self):
        lead, mail = self._queue()
        lead.sudo().partner_id = self.env["res.partner"].create({"name": "Bolt", "email": "bolt@example.com"})
        self._new_transaction()

        self.assertTakenBack(lead, mail, "skipped", "other_contact")

    def test_rule_that_is_switched_off_meanwhile(self):
        lead, mail = self._queue()
        self._get_executions(lead).rule_id.action_draft()
        self._new_transaction()

        self.assertTakenBack(lead, mail)

    def test_stop_takes_back_at_once_what_has_not_left(self):
        """Not only when it would be sent. Fails without ``_take_back_unsent``."""
        lead, mail = self._queue(self._task(delay_count=3))

        self._get_runs(lead).with_user(self.manager).action_stop()

        self.assertEqual(mail.state, "cancel")
        self.assertExecutions(lead, [("Mail", "cancel"), ("Call", "cancel")])

    def test_stop_leaves_what_has_left(self):
        lead, mail = self._queue(self._task(delay_count=3))
        mail.send()

        self._get_runs(lead).action_stop()

        self.assertEqual(mail.state, "sent")
        self.assertExecutions(lead, [("Mail", "done"), ("Call", "cancel")])

    def _move_card_on(self, *more):
        """Check that the mail of a rule that moves the card on itself is sent."""
        lead, mail = self._queue(self._update("stage_id", self.stage_later.id), *more)
        self.assertEqual(lead.stage_id, self.stage_later)

        mail.send()

        self.assertEqual(mail.state, "sent")
        self.assertEqual(self._get_executions(lead)[0].state, "done")

    def test_own_later_step_does_not_take_it_back(self):
        """Fails without ``_get_changed_since``."""
        self._move_card_on()

    def test_own_later_step_that_stops_the_run_does_not_take_it_back(self):
        """Fails without the rule that acts, or ``_sql_is_own_doing``, in ``_take_back``."""
        self._move_card_on(self._task(delay_count=3))

    def test_after_an_outage_only_what_is_true_is_queued_again(self):
        """Fails without ``_crm_trigger_look_again`` in ``_crm_trigger_queue_again``."""
        self._rule_on_offer([self._mail(self._create_template())])
        stays, leaves = self._create_lead(), self._create_lead()
        self._drag(stays | leaves, self.stage_offer)
        self._run_worker()
        mails = {mail.res_id: mail for mail in self._new_mails}
        self._meet_no_server(self._new_mails)
        self._drag(leaves, self.stage_later)

        self._run_sweep()

        self.assertEqual((mails[stays.id].state, mails[leaves.id].state), ("outgoing", "cancel"))
        self.assertExecutions(stays, [("Mail", "done")])
        self.assertExecutions(leaves, [("Mail", "cancel")])

    def test_after_an_outage_two_emails_never_come_at_once(self):
        """The first one has the text. Fails without ``_keep_apart``."""
        template = self._create_template()
        self._rule_on_offer([self._mail(template, name="M1"), self._mail(template, name="M2", delay_count=2)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._meet_no_server(self._new_mails)
        self._move_to("2026-02-04 10:00")
        self._run_worker()

        self._run_sweep()
        self._new_mails.filtered(lambda mail: mail.state == "outgoing").send()

        self.assertEqual(len(self._mails), 1)
        self.assertExecutions(lead, [("M1", "done"), ("M2", "skipped", "together")])

    def test_mail_of_a_paused_record_waits(self):
        lead, mail = self._queue()
        lead.sudo().action_crm_trigger_pause()

        mail.send()

        self.assertEqual(mail.state, "outgoing")
        self.assertTrue(mail.scheduled_date)
        self.assertExecutions(lead, [("Mail", "done")])

    def test_conditions_that_cannot_be_looked_at_send_nothing(self):
        """It is checked again in an hour."""
        _lead, mail = self._queue()
        rules = type(self.env["crm.trigger.rule"])
        with (
            patch.object(rules, "_search_matching", side_effect=ValueError("odd")),
            mute_logger("odoo.addons.crm_triggers.models.isolation"),
        ):
            mail.send()

        self.assertEqual(mail.state, "outgoing")
        self.assertTrue(mail.scheduled_date)

    def test_mails_of_people_leave_in_any_case(self):
        lead, _mail = self._queue()
        self._drag(lead, self.stage_later)
        own = self.env["mail.mail"].create({"email_to": "ada@example.com", "model": "crm.lead", "res_id": lead.id})

        own.send()

        self.assertEqual(own.state, "sent")

    def test_message_to_followers_is_not_sent_outside(self):
        """The colleagues' copies leave. Fails without ``partner_share`` in ``_crm_trigger_group_unsent``."""
        self._rule_on_offer([{**self._note(), "kind": "message"}])
        lead = self._create_lead().sudo()
        lead.message_subscribe((self.partner | self.tom.partner_id).ids)
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._drag(lead, self.stage_later)

        self._new_mails.send()

        self.assertFalse([mail for mail in self._mails if "ada@example.com" in str(mail["email_to"])])
        self.assertTrue([mail for mail in self._mails if self.tom.email in str(mail["email_to"])])

    def test_looking_again_takes_no_query_for_each(self):
        counts = {}
        for count in (2, 20):
            rule = self._rule_on_offer([self._mail(self._create_template())])
            leads = self._create_leads(count)
            self._drag(leads, self.stage_offer)
            self._run_worker()
            mails = self._new_mails.filtered(lambda mail, ids=leads.ids: mail.res_id in ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            mails._crm_trigger_look_again()
            counts[count] = self.env.cr.sql_log_count - before
            rule.action_draft()
        self.assertLessEqual(counts[20], counts[2] + 3)
