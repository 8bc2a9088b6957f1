from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestStepMailThread(CrmTriggersCommon, MailCase):
    """Emails of one matter stay in one thread of the customer's mail program (K38, K59, K60)."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _step(self, subject="Hello", **vals):
        return self._mail(self._create_template(subject=subject), name=subject, **vals)

    def _send_all(self):
        """Let the mails in the queue leave, and return what the mail server was handed over, oldest first."""
        self._new_mails.filtered(lambda mail: mail.state == "outgoing").sorted("id").send()
        return self._mails

    def _write_to(self, record, partner, subject):
        """Write to a contact about a record, as a user does."""
        values = {"subject": subject, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        record.message_post(body="Dear", partner_ids=partner.ids, **values)

    def _run_steps(self, *steps, until="2026-03-02 09:05", **vals):
        self._rule_on_offer(list(steps), **vals)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        for moment in ("2026-02-02 09:05", "2026-02-05 09:05", until):
            self._run_until(moment)
        return lead

    def test_later_email_of_a_rule_answers_the_one_before(self):
        """By the headers that mail programs go by (RFC 5322, 3.6.4), as they are handed over to the
        mail server. Fails without ``_put_in_thread`` in ``_write_mails``."""
        self._run_steps(self._step("Our offer"), self._step("Any news?", delay_count=3), self._step(delay_count=7))

        first, second, third = (mail["EmailMessage"] for mail in self._send_all())
        self.assertEqual([mail["Subject"] for mail in (first, second, third)], ["Our offer", *["Re: Our offer"] * 2])
        self.assertNotIn("References", first)
        self.assertNotIn("In-Reply-To", first)
        self.assertEqual((second["References"], second["In-Reply-To"]), (first["Message-Id"],) * 2)
        self.assertEqual(third["References"].split(), [first["Message-Id"], second["Message-Id"]])
        self.assertEqual(third["In-Reply-To"], second["Message-Id"])

    def test_email_that_begins_a_thread_keeps_its_subject(self):
        self._run_steps(self._step("Our offer"), self._step("Something else", delay_count=3, mail_thread="own"))

        _first, second = self._send_all()
        self.assertEqual((second["subject"], second["references"]), ("Something else", False))

    def test_first_email_answers_what_was_written_about_the_record(self):
        """The quotation itself, sent by a person. Fails without ``_get_mails_of_records``."""
        order = self._create_order()
        self._write_to(order, self.partner, "Quotation S1")
        steps = [
            self._mail(self._create_template("sale.order"), mail_thread="record"),
            self._mail(self._create_template("sale.order"), mail_thread="record", delay_count=1),
        ]
        self._create_rule(steps=steps, model="sale.order", filter_domain=[("state", "=", "sent")])
        order.action_quotation_sent()
        for moment in ("2026-02-02 09:05", "2026-02-03 09:05"):
            self._run_until(moment)

        sent, *followups = self._send_all()
        self.assertEqual([mail["subject"] for mail in followups], ["Re: Quotation S1"] * 2)
        self.assertEqual(followups[0]["references"], sent["message_id"])
        self.assertEqual(followups[1]["references"], f"{sent['message_id']} {followups[0]['message_id']}")

    def test_email_answers_nothing_that_went_to_others(self):
        """A question to a supplier about this quotation is none of the customer's business. Fails
        without ``people`` in ``_get_mails_of_records``."""
        supplier = self.env["res.partner"].create({"name": "Supplier", "email": "supplier@example.com"})
        lead = self._create_lead()
        self._write_to(lead, supplier, "Best price?")
        lead.message_post(body="Dear", subject="Note", subtype_xmlid="mail.mt_note", partner_ids=self.partner.ids)
        self._rule_on_offer([self._step("Our offer", mail_thread="record")])

        self._drag(lead, self.stage_offer)
        self._run_worker()

        mail = self._send_all()[-1]
        self.assertEqual((mail["subject"], mail["references"]), ("Our offer", False))

    def test_answer_prefixes_do_not_pile_up(self):
        lead = self._create_lead()
        for subject in ("RE: Re : AW: Desks", "Re: Desks"):
            self._write_to(lead, self.partner, subject)
        self._rule_on_offer([self._step(mail_thread="record")])

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(self._send_all()[-1]["subject"], "Re: Desks")

    def test_threads_cost_the_same_for_many(self):
        """Fails with a query in the loop of ``_put_in_thread``."""
        counts = {}
        for count in (3, 30):
            rule = self._rule_on_offer([self._step("One"), self._step("Two", delay_count=3, mail_thread="record")])
            leads = self._create_leads(count)
            self._drag(leads, self.stage_offer)
            self._run_worker()
            self._move_to("2026-02-05 09:05")
            lines = self._get_executions(leads, rule).filtered(lambda line: line.state == "scheduled")
            step, mails = lines.step_id, self._new_mails.filtered(lambda mail, ids=leads.ids: mail.res_id in ids)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            step._get_mails_before(lines, mails.browse(reversed(mails.ids)))
            counts[count] = self.env.cr.sql_log_count - before
            rule.action_pause()
            self._move_to("2026-02-02 09:00")
        self.assertLessEqual(counts[30], counts[3] + 2)

    # After an outage

    def test_two_emails_never_come_at_once(self):
        """The scheduled action was off for two weeks: only the one whose time it is goes out, with the text
        that nobody got yet. Fails without ``_get_overtaken`` in ``_act_mail``."""
        at = {"delay_from": "start"}
        steps = [self._step(f"No. {days}", delay_count=days, **at) for days in (3, 7, 15)]
        self._rule_on_offer(steps)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._run_until("2026-02-14 09:05")
        self.assertExecutions(
            lead, [("No. 3", "skipped", "overtaken"), ("No. 7", "skipped", "overtaken"), ("No. 15", "scheduled")]
        )
        self._run_until("2026-02-17 09:05")

        self.assertEqual([mail["subject"] for mail in self._send_all()], ["No. 3"])

    def test_late_email_goes_out_while_it_is_nearer_than_the_next(self):
        at = {"delay_from": "start"}
        self._rule_on_offer([self._step("No. 1", delay_count=3, **at), self._step("No. 2", delay_count=7, **at)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._run_until("2026-02-07 08:00")

        self.assertExecutions(lead, [("No. 1", "done"), ("No. 2", "scheduled")])

    def test_email_is_not_overtaken_by_one_that_will_not_come(self):
        """Fails without ``wanted`` in ``_get_overtaken``."""
        at = {"delay_from": "start"}
        never = self._step("No. 2", delay_count=7, filter_domain=str([("name", "=", "Another")]), **at)
        self._rule_on_offer([self._step("No. 1", delay_count=3, **at), never])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._run_until("2026-02-14 09:05")

        self.assertExecutions(lead, [("No. 1", "done"), ("No. 2", "skipped", "condition")])

    def test_delays_from_the_step_before_keep_their_distance(self):
        self._rule_on_offer([self._step("No. 1", delay_count=3), self._step("No. 2", delay_count=4)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)

        self._run_until("2026-02-14 09:05")

        self.assertExecutions(lead, [("No. 1", "done"), ("No. 2", "scheduled")])
        self.assertPlannedFor(lead, "2026-02-18 09:05:00")
