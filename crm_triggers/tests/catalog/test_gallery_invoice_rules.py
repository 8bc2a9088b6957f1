from itertools import pairwise

from odoo.fields import Command
from odoo.tests import tagged

from ..gallery_case import GalleryCase


@tagged("post_install", "-at_install")
class TestGalleryInvoiceRules(GalleryCase):
    """The ready rules of the phase invoice (K60)."""

    def test_invoice_due(self):
        """K60."""
        self._use("invoice_due")
        invoice = self._create_posted(invoice_date_due="2026-02-20")

        self._run_until("2026-02-17 07:05")

        self.assertExecutions(invoice, [("Email: the invoice is due soon", "done")])
        self.assertEqual(self._get_mail_subjects(), [f"Your invoice {invoice.name}, due on 02/20/2026"])

    def test_invoice_overdue(self):
        """K60: stops with the payment."""
        self._use("invoice_overdue")
        open_invoice, paid = (self._create_posted(invoice_date_due="2026-02-20") for _number in range(2))
        self._run_until("2026-02-27 07:05")
        self.assertEqual(len(self._get_mail_subjects()), 2)

        self._let_mails_leave()
        self._pay(paid)
        self._run_until("2026-03-06 07:10")

        self.assertExecutions(open_invoice, [("Reminder by email", "done"), ("Call a week later", "done")])
        self.assertExecutions(paid, [("Reminder by email", "done"), ("Call a week later", "cancel")])

    # Before, on and after the due date

    def _follow_up(self, count=1, **vals):
        """Return invoices over 100 that are due on 20 February, and followed up."""
        self._use("invoice_followup")
        return self.env["account.move"].concat(
            *(self._create_posted(invoice_date_due="2026-02-20", **vals) for _number in range(count))
        )

    def _run_days(self, *days):
        """Let the scheduled actions run on these days of February; 29 is 1 March, and so on."""
        for day in days:
            month, number = (2, day) if day <= 28 else (3, day - 28)
            self._run_until(f"2026-{month:02}-{number:02} 07:05")

    def test_invoice_followup(self):
        """K60: five emails in one thread, the reminders numbered, then a call."""
        invoice = self._follow_up()

        self._run_days(14)
        self.assertFalse(self._get_mails())
        self._run_days(15, 20, 27, 35, 50, 57)

        mails = self._get_mails()
        subject = f"Your invoice {invoice.name}, due on 02/20/2026"
        self.assertEqual(mails.mapped("subject"), [subject, *[f"Re: {subject}"] * 4])
        for before, mail in pairwise(mails):
            self.assertEqual(mail.references.split()[-1], before.message_id)
        self.assertIn("Despite our previous message", mails[3].body_html)
        self.assertIn("Despite our reminders", mails[4].body_html)
        self.assertIn("/my/invoices/", mails[1].body_html)
        self.assertEqual(invoice.activity_ids.user_id, self.sam)

    def _reverse(self, invoice):
        wizard = {"journal_id": invoice.journal_id.id, "reason": "Returned"}
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        self.env["account.move.reversal"].with_context(**context).create(wizard).modify_moves()

    def _credit(self, invoice, amount):
        """Give a credit note over a part, and set it against the invoice."""
        lines = [Command.create({"name": "Desk", "price_unit": amount, "tax_ids": False})]
        note = self._create_posted(move_type="out_refund", invoice_line_ids=lines)
        both = (invoice + note).line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        both.reconcile()
        self._new_transaction()

    def test_invoice_followup_stops_at_once(self):
        """By a payment, a credit note over all of it, a dispute, an answer, and back to draft."""
        invoices = self._follow_up(5)
        self._run_days(15, 20)
        for invoice, what, reason in zip(
            invoices,
            (
                self._pay,
                self._reverse,
                lambda invoice: invoice.action_toggle_block_payment(),
                self._answer,
                lambda invoice: invoice.button_draft(),
            ),
            ("unmatched", "unmatched", "unmatched", "answered", "unmatched"),
            strict=True,
        ):
            what(invoice)
            self._new_transaction()
            self.assertStopped(invoice, reason)

        self._run_days(27, 35)

        self.assertEqual(len(self._get_mails().filtered(lambda mail: mail.res_id in invoices.ids)), 10)

    def test_invoice_followup_names_what_remains(self):
        """A part paid, or credited: the rest at the moment of sending."""
        paid, credited = self._follow_up(2)
        self._run_days(15)
        self._pay(paid, amount=40, payment_difference_handling="open")
        self._credit(credited, 30)
        self._run_days(20)

        mails = self._get_mails().grouped("res_id")
        first, second = mails[paid.id], mails[credited.id]
        self.assertEqual((len(first), len(second)), (2, 2))
        self.assertIn("100.00", first[0].body_html)
        self.assertRegex(first[1].body_html, r"outstanding balance is.*60\.00")
        self.assertRegex(second[1].body_html, r"outstanding balance is.*70\.00")

    def test_invoice_followup_never_two_at_once(self):
        """The scheduled actions were off from the first email to the second reminder."""
        self._follow_up()
        self._run_days(15)

        self._run_days(34)
        self.assertEqual(len(self._get_mails()), 1)
        self._run_days(35)

        self.assertEqual(len(self._get_mails()), 2)
        self.assertIn("Unless we are mistaken", self._get_mails()[1].body_html)  # no. 1 was not sent yet

    def test_invoice_followup_never_begins_with_the_last_reminder(self):
        """Switched on for what is overdue already: the first email is no last one, nor is what was due three days
        ago due today. Fails without ``_choose_texts``."""
        self._move_to("2026-01-02 09:00")
        old, recent = (self._create_posted(invoice_date_due=day) for day in ("2026-01-10", "2026-01-30"))
        self._move_to("2026-02-02 09:00")
        ready = self.env.ref("crm_triggers.template_invoice_followup").with_user(self.manager)
        rule = ready.browse(ready.action_use()["res_id"])
        dialog = self.env["crm.trigger.activation"].with_user(self.manager)
        dialog = dialog.browse(rule.action_switch_on()["res_id"])
        dialog.scope = "existing"
        dialog.action_switch_on()

        for moment in ("2026-02-02 09:01", "2026-02-06 09:00", "2026-02-09 09:00", "2026-02-14 09:00"):
            self._run_until(moment)

        mails = self._get_mails().grouped("res_id")
        self.assertEqual([len(mails[invoice.id]) for invoice in (old, recent)], [1, 3])
        self.assertIn("Unless we are mistaken", mails[old.id].body_html)
        due, first, second = mails[recent.id]
        self.assertIn("01/30/2026", due.body_html)
        for mail in mails[old.id] | due | first:
            for words in ("today", "Despite", "Second reminder", "Last reminder"):
                self.assertNotIn(words, f"{mail.subject} {mail.body_html}")
        self.assertIn("Despite our previous message", second.body_html)

    def test_invoice_followup_begins_with_the_reminder_whose_day_it_is(self):
        """An invoice that is posted late: overdue by 6 days, and by 8, which is too late for the rule."""
        self._use("invoice_followup")
        self._move_to("2026-02-26 08:00")
        late, too_late = (self._create_posted(invoice_date_due=day) for day in ("2026-02-20", "2026-02-18"))

        self._run_days(26, 27)

        self.assertEqual(self._get_mails().mapped("res_id"), late.ids)
        self.assertNotIn("Despite", self._get_mails().body_html)
        self.assertStopped(too_late, "late")

    # The law of France on late payments between businesses

    def _get_reminder(self, lang="en_US"):
        self.env["res.lang"]._activate_lang(lang)
        self.partner.lang = lang
        self._follow_up()
        self._run_days(15, 20, 27)
        return self._get_mails()[-1].body_html

    def test_reminder_of_a_french_company_names_penalties_and_the_40_euros(self):
        """L. 441-10 and D. 441-5 of the commercial code, in any language, from the first day of delay on."""
        self.company.country_id = self.env.ref("base.fr")
        self.partner.is_company = True

        reminder = self._get_reminder()

        for words in ("L. 441-10", "D. 441-5", "40 €", "plus 10 percentage points", "claimed with proof"):
            self.assertIn(words, reminder)
        self.assertNotIn("L. 441-10", self._get_mails()[1].body_html)

    def test_reminder_of_a_french_company_in_french(self):
        self.company.country_id = self.env.ref("base.fr")
        self.partner.is_company = True

        reminder = self._get_reminder("fr_FR").replace("\N{NO-BREAK SPACE}", " ")

        self.assertIn("indemnité forfaitaire pour frais de recouvrement de 40 €", reminder)
        self.assertIn("majoré de 10 points", reminder)

    def test_reminder_to_a_private_person_names_no_40_euros(self):
        """They are due between professionals only."""
        self.company.country_id = self.env.ref("base.fr")

        self.assertNotIn("L. 441-10", self._get_reminder())

    def test_reminder_to_a_public_buyer_quotes_another_code(self):
        """A commune is a company with a tax ID; its late interest follows the Public Procurement Code."""
        self.company.country_id = self.env.ref("base.fr")
        self.partner.write({"is_company": True, "late_terms": "public"})

        reminder = self._get_reminder("fr_FR").replace("\N{NO-BREAK SPACE}", " ")

        self.assertNotIn("L. 441-10", reminder)
        for words in ("L. 2192-10", "R. 2192-31", "D. 2192-35", "majoré de 8 points", "de 40 €"):
            self.assertIn(words, reminder)

    def test_reminder_to_an_association_that_is_no_business(self):
        self.company.country_id = self.env.ref("base.fr")
        self.partner.write({"is_company": True, "late_terms": "none"})

        reminder = self._get_reminder()

        self.assertNotIn("L. 441-10", reminder)
        self.assertNotIn("L. 2192-10", reminder)

    def test_last_reminder_claims_no_costs_from_anybody(self):
        """Asking a consumer for recovery costs is an offence; the email contains the phone number."""
        self.company.phone = "+33 1 23 45 67 89"
        self._follow_up()
        self._run_days(15, 20, 27, 35, 50)

        last = self._get_mails()[-1].body_html

        self.assertIn("formal notice", last)
        self.assertIn("call us at", last)
        self.assertNotIn("expense", last)

    def test_reminder_of_a_company_elsewhere_names_no_french_law(self):
        self.company.country_id = self.env.ref("base.be")
        self.partner.is_company = True

        self.assertNotIn("L. 441-10", self._get_reminder("fr_FR"))

    def test_french_terms_hold_where_the_code_does(self):
        """Also for a sole trader with a VAT number, and overseas."""
        invoice = self._create_posted()
        for country, vat, applies in (("fr", "FR32123456789", True), ("re", "FR32123456789", True), ("be", "1", False)):
            self.company.country_id = self.env.ref(f"base.{country}")
            self.partner.with_context(no_vat_validation=True).vat = vat
            self.assertEqual(invoice.has_french_late_terms, applies)

    def test_invoice_blocked(self):
        """Resolving the dispute ends it."""
        self._use("invoice_blocked")
        invoice, settled = (self._create_posted() for _number in range(2))
        for disputed in (invoice, settled):
            disputed.action_toggle_block_payment()
        self._new_transaction()
        self._run_worker()
        self.assertEqual(invoice.activity_ids.user_id, self.sam)
        settled.action_toggle_block_payment()
        self._new_transaction()

        self._run_until("2026-02-09 09:05")

        self.assertEqual(self._get_told(invoice, "in dispute for a week"), self.manager)
        self.assertStopped(settled, "unmatched")
