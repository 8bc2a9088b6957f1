from odoo.tests import tagged

from ..gallery_case import GalleryCase


@tagged("post_install", "-at_install")
class TestGalleryContactRules(GalleryCase):
    """The ready rules of the phase contact."""

    def test_contact_welcome(self):
        self._use("contact_welcome")
        contacts = self.env["res.partner"].with_user(self.sam)
        bob = contacts.create({"name": "Bob", "email": "bob@example.com", "user_id": self.sam.id})
        silent = contacts.create({"name": "No address"})
        self._new_transaction()

        self._run_until("2026-02-03 09:05")

        self.assertExecutions(bob, [("Welcome email on the next day", "done")])
        self.assertFalse(self._get_runs(silent))
        mail = self._get_mails(bob)
        self.assertRegex(mail.subject, "^Welcome to ")
        self.assertIn("Sam", mail.body_html)

    def test_fair(self):
        """A scenario: contacts are put in from their list."""
        rule = self._use("fair")
        contact = self.env["res.partner"].with_user(self.sam).create({"name": "Eve", "user_id": self.sam.id})
        self._new_transaction()
        self.assertFalse(self._get_runs(contact))

        rule.with_user(self.sam).enroll(contact)
        self._new_transaction()
        self._run_worker()
        self._run_until("2026-02-12 09:05")

        self.assertExecutions(
            contact,
            [
                ("Thank them for the visit", "done"),
                ("Call after 10 days", "done"),
                ("Last call after 30 days", "scheduled"),
            ],
        )
        self._run_until("2026-03-04 09:05")
        self.assertEqual(contact.activity_ids.user_id, self.sam)

    def test_customer_welcome(self):
        """K41, K42: a contact who has become a customer, by an order for instance."""
        self._use("customer_welcome")
        self.partner.customer_rank = 1
        self._new_transaction()

        self._run_until("2026-02-03 09:05")
        self.assertEqual(self._get_mail_subjects(), ["Welcome, and thank you for your trust"])
        self.assertIn("Sam", self._get_mails().body_html)
        self._run_until("2026-03-02 09:05")

        self.assertEqual(self.partner.activity_ids.summary, "Customer for a month: are they satisfied?")

    def _create_customer(self, name, ordered_on):
        customer = self.partner.copy({"name": name, "customer_rank": 1, "email": f"{name}@example.com"})
        order = self._create_order(partner_id=customer.id).sudo()
        order.action_confirm()
        order.date_order = ordered_on
        self._new_transaction()
        return customer

    def test_customer_silent(self):
        """K64, Z45: on the first of the month, not again before half a year; an order or an answer ends it."""
        self._use("customer_silent")
        silent, loyal, back = (
            self._create_customer(name, day)
            for name, day in (("silent", "2025-08-01"), ("loyal", "2025-12-01"), ("back", "2025-08-01"))
        )
        prospect = self.partner.copy({"name": "Prospect"})

        self._run_until("2026-03-01 07:05")
        self.assertFalse(self._get_runs(loyal + prospect))
        self.assertEqual(len(self._get_mails(silent) + self._get_mails(back)), 2)
        self._let_mails_leave()
        self._create_order(partner_id=back.id).sudo().action_confirm()
        self._run_until("2026-03-08 07:10")
        self._run_until("2026-04-01 07:05")

        self.assertExecutions(silent, [("Email: what is new", "done"), ("Call a week later", "done")])
        self.assertExecutions(back, [("Email: what is new", "done"), ("Call a week later", "cancel")])
        self.assertEqual(len(self._get_mails(silent)), 1)

    def test_customer_care(self):
        """K05, K56: a scenario over a year."""
        rule = self._use("customer_care")
        rule.with_user(self.sam).enroll(self.partner)
        self._new_transaction()

        for moment in ("2026-03-02 09:05", "2026-08-02 09:05", "2027-01-02 09:05"):
            self._run_until(moment)

        self.assertEqual(
            self.partner.activity_ids.sorted("id").mapped("summary"),
            [
                "First month: is the customer satisfied?",
                "Six months as a customer: what is missing?",
                "One year as a customer: review and outlook",
            ],
        )
