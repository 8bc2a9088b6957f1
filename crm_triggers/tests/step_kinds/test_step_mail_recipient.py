from odoo.tests import tagged

from ..mail_step_case import MailStepCase


@tagged("post_install", "-at_install")
class TestStepMailRecipient(MailStepCase):
    """Promise 7: to whom a mail goes, and whether at all, as things are when it is sent."""

    def test_mail_to_archived_contact_is_skipped_with_the_reason(self):
        """Promise 7. Fails without ``active`` in ``_take_out_blocked``."""
        lead = self._plan(self._create_template())

        self.partner.active = False
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Mail", "skipped", "archived")])

    def test_mail_to_the_address_of_an_archived_contact_is_skipped(self):
        """Not only where the template names the contact. Fails without ``_get_archived_addresses``; if he is
        archived after it was queued, without ``_guard_archived``."""
        template = self._create_template(partner_to=False, email_to="{{ object.partner_id.email_formatted }}")
        lead = self._plan(template)
        self.partner.active = False
        self._run_until("2026-02-05 10:00")

        self.assertExecutions(lead, [("Mail", "skipped", "archived")])

        self.partner.active = True
        mail = self._send(template)
        self.partner.active = False
        self._new_transaction()
        with self.mock_mail_gateway():
            mail.send()
        self.assertEqual(mail.state, "cancel")

    def test_mail_leaves_archived_contacts_out_and_reaches_the_others(self):
        gone = self.env["res.partner"].create({"name": "Gone", "email": "gone@example.com", "active": False})

        mail = self._send(self._create_template(partner_to=f"{self.partner.id},{gone.id}"))

        self.assertEqual(mail.recipient_ids, self.partner)

    def test_mail_goes_to_the_contact_of_the_moment(self):
        """Promise 7."""
        self._plan(self._create_template())
        other = self.env["res.partner"].create({"name": "Bob", "email": "bob@example.com"})

        self.env["crm.lead"].search([("partner_id", "=", self.partner.id)]).partner_id = other
        with self.mock_mail_gateway():
            self._run_until("2026-02-05 10:00")

        self.assertEqual(self._new_mails.recipient_ids, other)

    def test_mail_of_two_runs_that_meet_is_sent_once(self):
        """Promise 6. Fails without ``first`` in ``_act_mail``, in the layout twice as well."""
        rule = self._create_rule("manual", [self._mail(self._create_template())])
        lead = self._create_lead()
        for key in ("a", "b"):
            self.env["crm.trigger.run"]._start(rule, {lead.id: key}, {})._plan(rule)

        with self.mock_mail_gateway():
            self._run_worker()

        self.assertEqual(len(self._new_mails), 1)
        self.assertExecutions(lead, [("Mail", "done"), ("Mail", "skipped", "already")])

    def test_mail_has_the_text_of_the_moment(self):
        """Promise 7: correcting a template corrects planned emails."""
        template = self._create_template()
        self._plan(template)

        template.subject = "Corrected"
        with self.mock_mail_gateway():
            self._run_until("2026-02-05 10:00")

        self.assertEqual(self._new_mails.subject, "Corrected")

    def test_mail_to_lead_without_any_address_is_skipped(self):
        leads = self._create_leads(2, partner_id=False)

        self.assertFalse(self._send(self._create_template(use_default_to=True), leads))

        self.assertExecutions(leads, [("Mail", "skipped", "no_recipient")] * 2)
