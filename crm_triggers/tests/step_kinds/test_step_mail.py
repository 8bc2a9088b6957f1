from unittest.mock import patch

from odoo.addons.mail.tests.common import MailCase
from odoo.tests import RecordCapturer, tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStepMail(CrmTriggersCommon, MailCase):
    """A step sends a mail, leaves a note or posts a message."""

    def _run_step(self, step, lead=None):
        """Return the lead on which a rule carried out the step."""
        self._rule_on_offer([step])
        lead = lead or self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return lead.sudo()

    def test_mail_is_queued_not_sent(self):
        """K50, K54: it is sent by the mail queue, after the commit. Fails with ``force_send=True``."""
        with self.mock_mail_gateway():
            self._run_step(self._mail(self._create_template()))

            self.assertEqual(self._new_mails.mapped("state"), ["outgoing"])
            self.assertFalse(self._mails)
            self._new_mails.send()
            self.assertEqual(self._mails[0]["email_to"], ['"Ada" <ada@example.com>'])

    def test_mail_queue_is_woken(self):
        """It would wait for an hour."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")

        with RecordCapturer(self.env["ir.cron.trigger"], [("cron_id", "=", cron.id)]) as capture:
            self._run_step(self._mail(self._create_template()))

        self.assertEqual(len(capture.records), 1)

    def _fail_to_connect(self, mails):
        with patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("refused")):
            mails.send()

    def test_mail_waits_for_a_mail_server_that_is_down(self):
        """Promise 2; Odoo's own mails still wait for a user. Fails without ``_crm_trigger_queue_again``."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        with self.mock_mail_gateway():
            lead = self._run_step(self._mail(self._create_template()))
            mail = self._new_mails
            other = self.env["mail.mail"].create({"email_to": "ada@example.com", "subject": "By hand"})
            self._fail_to_connect(mail | other)
            self.assertEqual((mail | other).mapped("state"), ["exception"] * 2)

            with RecordCapturer(self.env["ir.cron.trigger"], [("cron_id", "=", cron.id)]) as capture:
                self._run_sweep()

            self.assertEqual((mail | other).mapped("state"), ["outgoing", "exception"])
            self.assertEqual(len(capture.records), 1)
            mail.send()
            self._run_sweep()
            self.assertEqual(len(self._mails), 1)
        self.assertEqual(mail.state, "sent")
        self.assertEqual(self._get_executions(lead).mapped("state"), ["done"])

    def test_mail_that_may_have_been_sent_is_not_sent_again(self):
        """Promise 1. Fails without ``failure_type`` in ``_crm_trigger_queue_again``."""
        with self.mock_mail_gateway():
            self._run_step(self._mail(self._create_template()))
            mail = self._new_mails
            mail.write({"state": "exception", "failure_type": "unknown"})

            self._run_sweep()

        self.assertEqual(mail.state, "exception")

    def test_mail_that_waited_in_vain_for_days_is_left_to_a_person(self):
        """Fails without ``create_date`` in ``_crm_trigger_queue_again``."""
        with self.mock_mail_gateway():
            self._run_step(self._mail(self._create_template()))
            mail = self._new_mails
            self._fail_to_connect(mail)

            self._move_to("2026-02-08 09:00")
            self._run_sweep()

        self.assertEqual(mail.state, "exception")

    def test_mail_is_the_result_of_its_execution(self):
        lead = self._run_step(self._mail(self._create_template()))

        execution = self._get_executions(lead)
        message = self.env["mail.message"].browse(execution.result_id)
        self.assertEqual((execution.state, execution.result_model), ("done", "mail.message"))
        self.assertEqual((message.subject, message.res_id), ("Hello", lead.id))

    def test_mail_to_french_contact_is_in_french(self):
        """K50. Fails without the template's language."""
        template = self._create_template()
        template.with_context(lang="fr_FR").write({"subject": "Bonjour", "body_html": "<p>Bonjour</p>"})
        self.partner.lang = "fr_FR"

        with self.mock_mail_gateway():
            self._run_step(self._mail(template))

        self.assertEqual(self._new_mails.subject, "Bonjour")
        self.assertIn("Bonjour", self._new_mails.body_html)

    def test_mail_many_records_each_gets_its_own(self):
        template = self._create_template(subject="{{ object.name }}")
        self._rule_on_offer([self._mail(template)])
        leads = self._create_leads(5)

        with self.mock_mail_gateway():
            self._drag(leads, self.stage_offer)
            self._run_worker()

        self.assertEqual(sorted(self._new_mails.mapped("subject")), leads.mapped("name"))
        by_record = {line.res_id: line.result_id for line in self._get_executions(leads)}
        messages = self.env["mail.message"].browse(by_record.values())
        self.assertEqual({message.res_id: message.id for message in messages}, by_record)

    def test_mail_to_blacklisted_contact_is_skipped_with_the_reason(self):
        """K04, promise 7: Odoo's templates do not look. Fails without ``_take_out_blocked``."""
        self.env["mail.blacklist"]._add("ada@example.com")

        with self.mock_mail_gateway():
            lead = self._run_step(self._mail(self._create_template()))

        self.assertFalse(self._new_mails)
        self.assertExecutions(lead, [("Mail", "skipped", "blacklist")])

    def test_mail_to_blacklisted_address_without_contact_is_skipped(self):
        """K04: a prospect is an address before he is a contact. Fails without ``email_to`` in
        ``_take_out_blocked``."""
        self.env["mail.blacklist"]._add("bob@example.com")
        lead = self._create_lead(partner_id=False, email_from="Bob <bob@example.com>")

        with self.mock_mail_gateway():
            self._run_step(self._mail(self._create_template(use_default_to=True)), lead)

        self.assertFalse(self._new_mails)
        self.assertExecutions(lead, [("Mail", "skipped", "blacklist")])

    def test_mail_with_several_recipients_leaves_out_who_wants_none(self):
        """K04. Fails without ``leave_out``."""
        self.env["mail.blacklist"]._add("bob@example.com")
        template = self._create_template(email_to="ada@example.com, bob@example.com", email_cc="bob@example.com")

        with self.mock_mail_gateway():
            lead = self._run_step(self._mail(template))

        self.assertExecutions(lead, [("Mail", "done")])
        self.assertNotIn("bob", f"{self._new_mails.email_to} {self._new_mails.email_cc}")

    def test_looking_at_recipients_takes_no_query_for_each(self):
        """Fails without ``with_prefetch`` in ``_take_out_blocked``."""
        partners = self.env["res.partner"].create([{"name": f"P{i}", "email": f"p{i}@example.com"} for i in range(20)])
        recipients = {number: {"partner_ids": partner.ids} for number, partner in enumerate(partners)}
        self.env.flush_all()
        self.env.invalidate_all()

        with self.assertQueryCount(3):
            reasons = self.env["crm.trigger.step"]._take_out_blocked(recipients)

        self.assertFalse(reasons)

    def test_mail_to_address_without_contact_is_queued(self):
        lead = self._create_lead(partner_id=False, email_from="Bob <bob@example.com>")

        with self.mock_mail_gateway():
            self._run_step(self._mail(self._create_template(use_default_to=True)), lead)

        self.assertExecutions(lead, [("Mail", "done")])
        self.assertIn("bob@example.com", self._new_mails.email_to)

    def test_mail_blacklisted_after_planning_is_skipped(self):
        """Promise 7: consent is that of the moment of sending."""
        self._rule_on_offer([self._mail(self._create_template(), delay_count=3)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self.env["mail.blacklist"]._add("ada@example.com")
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Mail", "skipped", "blacklist")])

    def test_mail_without_recipient_is_skipped_with_the_reason(self):
        self.partner.email = False

        lead = self._run_step(self._mail(self._create_template()))

        self.assertExecutions(lead, [("Mail", "skipped", "no_recipient")])

    def test_mail_skipped_lets_the_next_step_come(self):
        self.partner.email = False
        self._rule_on_offer([self._mail(self._create_template()), self._task()])
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Mail", "skipped", "no_recipient"), ("Call", "done")])

    def test_mail_step_without_template_cannot_be_activated(self):
        with self.assertRaisesRegex(Exception, "choose the template"):
            self._rule_on_offer([{"kind": "mail", "name": "Mail"}])

    def test_note_tells_the_salesperson(self):
        """K49, K53. Fails without ``partner_ids`` in ``_log_notes``."""
        self.sam.notification_type = "inbox"

        lead = self._run_step(self._note("The offer is due"))

        message = lead.message_ids.filtered(lambda message: "The offer is due" in message.body)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertEqual(message.notified_partner_ids, self.sam.partner_id)
        self.assertEqual(message.author_id, self.env.ref("base.partner_root"))

    def test_note_is_in_the_language_of_who_gets_it(self):
        """Fails without ``lang`` in ``_render_bodies``."""
        self.sam.lang = "fr_FR"
        rule = self._rule_on_offer([self._note("The offer is due")])
        rule.step_ids.update_field_translations("message_body", {"fr_FR": {"The offer is due": "L'offre est due"}})
        lead = self._create_lead()

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertTrue(lead.message_ids.filtered(lambda message: "L'offre est due" in message.body))

    def test_note_is_no_mail_to_the_customer_who_follows(self):
        lead = self._create_lead()
        lead.message_subscribe(self.partner.ids)

        self._run_step(self._note("Internal"), lead)

        message = lead.message_ids.filtered(lambda message: "Internal" in message.body)
        self.assertNotIn(self.partner, message.notified_partner_ids)

    def test_message_reaches_the_followers_in_the_name_of_the_salesperson(self):
        """K53."""
        lead = self._create_lead()
        lead.message_subscribe(self.partner.ids)

        with self.mock_mail_gateway():
            self._run_step({**self._note("We are on it"), "kind": "message"}, lead)

            message = lead.message_ids.filtered(lambda message: "We are on it" in message.body)
            self.assertIn(self.partner, message.notified_partner_ids)
            self.assertEqual(message.author_id, self.sam.partner_id)
            self.assertFalse(self._mails, "not sent within the transaction")

    def test_note_of_a_template_speaks_of_the_record(self):
        template = self._create_template(body_html="<p>About <t t-out='object.name'/></p>")

        lead = self._run_step({**self._note(), "message_body": False, "template_id": template.id})

        self.assertTrue(lead.message_ids.filtered(lambda message: f"About {lead.name}" in message.body))
