from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..mail_step_case import MailStepCase

REPORT = """From: MAILER-DAEMON@example.com
To: {to}
Subject: Undelivered
Message-Id: <report{number}@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

550 5.1.1 no such user
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; ada@example.com
Action: {action}
Status: 5.1.1

--B
Content-Type: message/rfc822

From: sam@company.example.com
To: ada@example.com
Message-Id: {message_id}

Hello
--B--
"""


@tagged("post_install", "-at_install")
class TestStepMailUndelivered(MailStepCase):
    """Done means handed over; later failures are logged, and the user who can fix them is notified."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.alias_domain_id = cls.env["mail.alias.domain"].create({"name": "company.example.com"})

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _run_mail(self, *more, **vals):
        self._rule_on_offer([self._mail(self._create_template()), *more], **vals)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return lead.sudo(), self._new_mails.sorted("id")[-1:]

    def _come_back(self, mail, number=1, action="failed"):
        report = REPORT.format(
            to=self.company.alias_domain_id.bounce_email, number=number, message_id=mail.message_id, action=action
        )
        self.env["mail.thread"].message_process(None, report)
        self._new_transaction()

    def _get_alerts(self, lead):
        rule = self._get_executions(lead).rule_id
        return self.env["mail.activity"].search([("res_model", "=", "crm.trigger.rule"), ("res_id", "in", rule.ids)])

    def test_mail_that_comes_back(self):
        """The salesperson is told once, in his language, with the reason. Fails without
        ``_routing_handle_bounce``."""
        self.sam.lang = "fr_FR"
        lead, mail = self._run_mail()
        mail.send()
        self._come_back(mail)
        self._come_back(mail, number=2)

        line = self._get_executions(lead)
        self.assertEqual(line.state, "done")
        self.assertIn("550 5.1.1 no such user", line.error)
        activity = lead.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.sam))
        self.assertIn("ada@example.com", activity.summary)
        self.assertIn("revenu", activity.note)

    def test_third_mail_is_not_written(self):
        """Two came back in a row."""
        step = self._mail(self._create_template(), delay_count=1)
        lead, mail = self._run_mail(step, {**step, "name": "Last"})
        for number, day in enumerate(("2026-02-03", "2026-02-04")):
            mail.send()
            self._come_back(mail, number)
            self._run_until(f"{day} 10:00")
            mail = self._new_mails.sorted("id")[-1:]

        self.assertExecutions(lead, [("Mail", "done"), ("Mail", "done"), ("Last", "skipped", "bounced")])

    def test_mail_that_is_late_or_read_did_not_come_back(self):
        """Fails without ``_has_failed``."""
        lead, mail = self._run_mail()
        mail.send()
        self._come_back(mail, action="delayed")

        self.assertFalse(self._get_executions(lead).error)
        self.assertFalse(lead.activity_ids)

    def test_mail_that_comes_back_where_nobody_sells(self):
        """The owner of the rule is notified."""
        lead, mail = self._run_mail()
        lead.write({"user_id": False, "team_id": False})
        self.partner.user_id = False
        self._get_executions(lead).rule_id.user_id = self.manager
        mail.send()
        with patch.object(
            type(self.env["crm.trigger.step"]),
            "_get_senders",
            lambda step, records: dict.fromkeys(records.ids, self.env["res.users"]),
        ):
            self._come_back(mail)

        self.assertEqual(self._get_alerts(lead).user_id, self.manager)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_mail_that_the_server_refuses(self):
        """Immediately. Fails without ``_postprocess_sent_message``."""
        lead, mail = self._run_mail()
        servers = type(self.env["ir.mail_server"])
        with patch.object(servers, "send_email", side_effect=AssertionError(servers.NO_VALID_RECIPIENT)):
            mail.send()

        line = self._get_executions(lead)
        self.assertEqual(line.state, "error")
        self.assertIn("ada@example.com", line.error)
        self.assertEqual(lead.activity_ids.user_id, self.sam)
        self.assertEqual(self._get_alerts(lead).user_id, self.manager)

    def test_mail_in_error_for_good_is_found_by_the_clock(self):
        """Whatever wrote it. Fails without ``_crm_trigger_follow_up`` in ``_crm_trigger_queue_again``."""
        lead, mail = self._run_mail()
        mail.write({"state": "exception", "failure_type": "mail_email_invalid", "failure_reason": "550"})

        self._run_sweep()
        self._run_sweep()

        self.assertEqual(self._get_executions(lead).state, "error")
        self.assertEqual((len(lead.activity_ids), len(self._get_alerts(lead))), (1, 1))

    def test_sender_that_the_server_refuses_is_the_owners(self):
        """No better address of the customer helps."""
        lead, mail = self._run_mail()
        mail.write({"state": "exception", "failure_type": "mail_from_invalid", "failure_reason": "553"})

        self._run_sweep()

        self.assertFalse(lead.activity_ids)
        self.assertIn("553", self._get_alerts(lead).note)

    def test_mail_that_met_no_server_for_days_is_told(self):
        lead, mail = self._run_mail()
        with patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("refused")):
            mail.send()
        self._run_sweep()
        self.assertEqual((mail.state, self._get_executions(lead).state), ("outgoing", "done"))
        with patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("refused")):
            mail.send()
        self._move_to("2026-02-08 09:00")
        self._run_sweep()

        self.assertEqual((mail.state, self._get_executions(lead).state), ("exception", "error"))
        self.assertEqual(len(self._get_alerts(lead)), 1)

    def test_address_corrected_and_tried_again(self):
        lead, mail = self._run_mail()
        mail.write({"state": "exception", "failure_type": "mail_email_invalid"})
        self._run_sweep()
        self.partner.email = "ada.lovelace@example.com"

        self._get_executions(lead).action_retry()
        self._run_worker()

        self.assertExecutions(lead, [("Mail", "done")])
        self.assertFalse(self._get_executions(lead).error)
        self.assertEqual(self._get_executions(lead).sent_to, "ada.lovelace@example.com")
