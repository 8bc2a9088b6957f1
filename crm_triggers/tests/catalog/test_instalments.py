from odoo.fields import Command
from odoo.tests import tagged

from ..gallery_case import GalleryCase


@tagged("post_install", "-at_install")
class TestInstalments(GalleryCase):
    """Each instalment of an invoice is reminded when it is due, over what is due."""

    def _create_in_instalments(self):
        """Return an invoice over 100, 30 of it due on 2 February and 70 on 4 March."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Two instalments",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in ((30, 0), (70, 30))
                ],
            }
        )
        return self._create_posted(invoice_payment_term_id=term.id)

    def test_instalments_are_reminded_one_by_one(self):
        """The first overdue one counts, over what is due, and not the last one over the whole. Fails without
        ``next_due_date``, ``next_due_amount``."""
        self._use("invoice_overdue")
        invoice = self._create_in_instalments()
        self.assertEqual((str(invoice.invoice_date_due), str(invoice.next_due_date)), ("2026-03-04", "2026-02-02"))

        self._run_until("2026-02-09 07:05")
        reminder = self._get_mails()
        self.assertEqual(len(reminder), 1)
        self.assertIn("02/02/2026", reminder.body_html)
        self.assertRegex(reminder.body_html, r"outstanding balance is.*\D30\.00")
        self.assertRegex(reminder.body_html, r"The other instalments, .*70\.00.*, are due later")

        self._pay(invoice, amount=30, payment_difference_handling="open")
        self.assertEqual(str(invoice.next_due_date), "2026-03-04")
        self.assertStopped(invoice, "date_moved")
        self._run_until("2026-03-11 07:05")

        reminder = self._get_mails()[-1]
        self.assertIn("03/04/2026", reminder.body_html)
        self.assertRegex(reminder.body_html, r"outstanding balance is.*70\.00")
        self.assertNotIn("instalments", reminder.body_html)

    def test_instalments_that_are_all_overdue(self):
        """One follow-up, over all that is due by now."""
        self._use("invoice_followup")
        invoice = self._create_in_instalments()
        for day in (2, 9, 17):
            self._run_until(f"2026-02-{day:02} 07:05")
        self._pay(invoice, amount=10, payment_difference_handling="open")
        self._move_to("2026-02-20 09:00")
        self.assertEqual((str(invoice.next_due_date), invoice.next_due_amount), ("2026-02-02", 20))
        self._move_to("2026-03-04 09:00")
        invoice.invalidate_recordset(["next_due_amount"])
        self.assertEqual(invoice.next_due_amount, 90)
        self.assertEqual(len(self._get_runs(invoice)), 1)

    def test_next_due_date_of_what_has_no_instalments(self):
        """It is the due date, also once it is paid and of a draft; an entry has none."""
        draft, paid = self._create_invoice(invoice_date_due="2026-02-20"), self._create_posted()
        self._pay(paid)
        for invoice in (draft, paid):
            self.assertEqual(invoice.next_due_date, invoice.invoice_date_due)
        self.assertEqual(paid.next_due_amount, 0)
        self.assertFalse(self.env["account.move"].create({"move_type": "entry"}).next_due_date)

    def test_next_due_date_of_before(self):
        """Filled by the database when the add-on is installed."""
        first, second, paid = self._create_in_instalments(), self._create_in_instalments(), self._create_posted()
        self._pay(second, amount=30, payment_difference_handling="open")
        self._pay(paid)
        invoices = first | second | paid
        days = invoices.mapped("next_due_date")
        self.env.cr.execute("UPDATE account_move SET next_due_date = NULL")
        self.env["account.move"]._crm_trigger_fill_next_due_date()
        self.env.invalidate_all()

        self.assertEqual(invoices.mapped("next_due_date"), days)
