from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStepMailContact(CrmTriggersCommon, MailCase):
    """A record gets another customer during a run: the rest is for the new customer only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bolt = cls.env["res.partner"].create({"name": "Bolt", "email": "bolt@example.com"})

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _begin(self, lead=None, **vals):
        """Return a lead whose first mail was sent, and whose second is due in two days."""
        subject = "For {{ object.partner_id.name or object.contact_name }}"
        first, second = (
            self._create_template(subject=f"{word} {subject}", use_default_to=True, partner_to=False)
            for word in ("Hello.", "News.")
        )
        self._rule_on_offer([self._mail(first, name="M1"), self._mail(second, name="M2", delay_count=2)], **vals)
        lead = lead or self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._new_mails.send()
        return lead.sudo()

    def _go_on(self):
        self._run_until("2026-02-04 10:00")
        return self._new_mails.sorted("id")[-1:]

    def assertOwnThread(self, mail, subject):  # noqa: N802
        self.assertEqual(mail.subject, subject)
        self.assertFalse(mail.references)
        self.assertNotIn("In-Reply-To", mail.headers)

    def test_second_mail_begins_a_thread_of_the_new_customer(self):
        """Neither the subject nor the thread of the other. Fails without ``_went_to``."""
        lead = self._begin()
        lead.partner_id = self.bolt

        mail = self._go_on()

        self.assertEqual(mail.recipient_ids, self.bolt)
        self.assertOwnThread(mail, "News. For Bolt")

    def test_log_says_who_got_what(self):
        """Fails without ``_follow_contacts``, or ``_pass_contacts_on``."""
        lead = self._begin()
        lead.partner_id = self.bolt
        self._go_on()

        self.assertEqual(self._get_executions(lead).mapped("partner_id.name"), ["Ada", "Bolt"])
        self.assertEqual(self._get_runs(lead).partner_id, self.bolt)

    def test_same_customer_stays_in_the_thread(self):
        self._begin()

        self.assertEqual(self._go_on().subject, "Re: Hello. For Ada")

    def test_corrected_address_stays_in_the_thread(self):
        self._begin()
        self.partner.email = "ada.lovelace@example.com"

        self.assertEqual(self._go_on().subject, "Re: Hello. For Ada")

    def test_prospect_who_becomes_a_contact_stays_in_the_thread(self):
        """Fails without ``sent_to``."""
        lead = self._begin(self._create_lead(partner_id=False, email_from="eve@example.com", contact_name="Eve"))
        lead.partner_id = self.env["res.partner"].create({"name": "Eve", "email": "eve@example.com"})

        self.assertEqual(self._go_on().subject, "Re: Hello. For Eve")

    def test_another_address_without_contact_begins_a_thread(self):
        """Fails without ``sent_to``."""
        lead = self._begin(self._create_lead(partner_id=False, email_from="eve@example.com", contact_name="Eve"))
        lead.write({"email_from": "bob@example.com", "contact_name": "Bob"})

        self.assertOwnThread(self._go_on(), "News. For Bob")

    def test_answer_of_the_customer_of_before_is_none(self):
        """Fails with ``self.partner_id |`` in ``_is_from_contact``."""
        lead = self._begin(stop_on_answer=True)
        lead.partner_id = self.bolt
        self._new_transaction()
        for partner, state in ((self.partner, "running"), (self.bolt, "stopped")):
            self._move_to("2026-02-03 09:00" if partner == self.partner else "2026-02-03 10:00")
            lead.message_post(body="Yes", message_type="comment", subtype_xmlid="mail.mt_comment", author_id=partner.id)
            self.assertEqual(self._get_runs(lead).state, state)
