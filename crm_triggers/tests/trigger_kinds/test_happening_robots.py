from datetime import timedelta

from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from ..mailbox_case import MailboxCase

ROBOTS = (
    "Auto-Submitted: auto-replied",
    "X-Autoreply: yes",
    "Precedence: auto_reply",
    "X-Auto-Response-Suppress: All",
    "Return-Path: <>",
    "List-Id: <news.example.org>",
)


@tagged("post_install", "-at_install")
class TestHappeningRobots(MailboxCase, MailCase):
    """No robot is a person: what machines write fires nothing, our emails say that they are automatic, and
    rules that answer one another end after two."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())

    def _hear(self, happening="message_received", subject="Thank you", **vals):
        steps = vals.pop("steps", None) or [self._mail(self._create_template(subject=subject))]
        return self._create_rule("happening", steps, happening=happening, **vals)

    def _get_mails(self, lead):
        """Return the mails to the customer, not those that notify Sam."""
        domain = [("model", "=", "crm.lead"), ("res_id", "=", lead.id), ("recipient_ids", "in", self.partner.ids)]
        return self.env["mail.mail"].search(domain, order="id")

    def _write_to_customer(self, lead):
        message = lead.with_user(self.sam).message_post(
            body="Dear Ada", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._new_transaction()
        return message

    def _answer(self, lead, key, headers=""):
        """Let the contact's mail program answer on a lead."""
        mail = f"From: ada@example.com\nTo: someone@example.org\nMessage-Id: <{key}@example.com>\n{headers}"
        raw = f"{mail}Content-Type: text/plain\n\nI am away.\n"
        self.env["mail.thread"].message_process("crm.lead", raw, thread_id=lead.id)
        self._new_transaction()

    def test_robots_fire_nothing(self):
        """Neither as received nor, of a colleague who is away, as sent. Fails without ``AUTOMATIC`` in
        ``_is_crm_trigger_happening``."""
        received, sent = self._hear(steps=[self._task()]), self._hear("message_sent", steps=[self._task()])
        lead = self._create_lead()
        for number, header in enumerate(ROBOTS):
            self._answer(lead, f"robot{number}", f"{header}\n")
        self.env["mail.thread"].message_process(
            "crm.lead",
            f"From: {self.sam.email}\nTo: x@y.example.com\nMessage-Id: <away@example.com>\n{ROBOTS[0]}\n\nAway.\n",
            thread_id=lead.id,
        )
        self._new_transaction()
        self.assertFalse(received.run_ids | sent.run_ids)

        self._answer(lead, "person")
        self.assertEqual(len(received.run_ids), 1)

    def test_answer_to_an_invitation_is_no_message(self):
        """A calendar wrote it at a click; an invitation is somebody's. Fails without ``_is_meeting_reply``."""
        rule = self._hear(steps=[self._task()])
        lead = self._create_lead()
        for method, count in (("REPLY", 0), ("REQUEST", 1)):
            calendar = f"BEGIN:VCALENDAR\nMETHOD:{method}\nEND:VCALENDAR"
            raw = (
                f"From: ada@example.com\nTo: x@example.org\nMessage-Id: <{method}@example.com>\nMIME-Version: 1.0\n"
                'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\nAccepted\n'
                f"--b\nContent-Type: text/calendar; charset=utf-8; method={method}\n\n{calendar}\n--b--\n"
            )
            self.env["mail.thread"].message_process("crm.lead", raw, thread_id=lead.id)
            self._new_transaction()
            with self.subTest(method):
                self.assertEqual(len(rule.run_ids), count)

    def test_our_own_mailbox_is_no_customer(self):
        """A colleague writes from the shared mailbox, an alias. Fails without ``_is_crm_trigger_from_alias``."""
        rule = self._hear(steps=[self._task()])
        lead = self._create_lead()
        raw = "From: offers@company.example.com\nTo: ada@example.com\nMessage-Id: <own@x.example.com>\n\nDear Ada\n"
        self.env["mail.thread"].message_process("crm.lead", raw, thread_id=lead.id)
        self._new_transaction()

        self.assertFalse(rule.run_ids)

    def test_list_of_our_own_domain_is_people(self):
        rule = self._hear(steps=[self._task()])
        lead = self._create_lead()

        self._answer(lead, "group", "List-Id: Sales <sales.company.example.com>\nPrecedence: list\n")

        self.assertEqual(len(rule.run_ids), 1)

    def test_what_the_company_writes_is_not_received(self):
        """A rule without a salesperson writes in the company's name, which is no user. Fails without
        ``_is_crm_trigger_from_outside``."""
        rule = self._hear()
        self._rule_on_offer([self._mail(self._create_template())]).user_id = False
        self.partner.user_id = False
        lead = self._create_lead().sudo()
        lead.write({"user_id": False, "team_id": False})
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(self._get_mails(lead).author_id, self.company.partner_id)
        self.assertFalse(rule.run_ids)

    def test_mails_of_rules_say_that_they_are_automatic(self):
        """The email, the later one in its thread, and the message to followers, as they are handed over. Fails
        without ``add_headers`` in ``mail.mail`` or in ``_put_in_thread``."""
        steps = [
            self._mail(self._create_template()),
            self._mail(self._create_template()),
            {**self._note(), "kind": "message"},
        ]
        self._rule_on_offer(steps)
        lead = self._create_lead()
        lead.message_subscribe(self.partner.ids)
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._new_mails.filtered(lambda mail: mail.state == "outgoing").send()

        sent = [mail["EmailMessage"] for mail in self._mails]
        self.assertGreaterEqual(len(sent), 3)
        self.assertEqual({mail["Auto-Submitted"] for mail in sent}, {"auto-generated"})
        self.assertTrue(any(mail["In-Reply-To"] for mail in sent))

    def test_mail_of_a_person_does_not(self):
        self._rule_on_offer()
        self._create_template().send_mail(self._create_lead().id)

        self.assertFalse(self._new_mails.headers)

    def test_rules_that_answer_one_another_end_after_two(self):
        """Fails without ``_get_held_back``: eleven."""
        for name in ("One", "Two"):
            self._hear("message_sent", name, name=name)
        lead = self._create_lead()
        self._write_to_customer(lead)
        for _round in range(3):
            self._run_worker()

        mails = self._get_mails(lead).filtered(lambda mail: mail.subject in ("One", "Two"))
        self.assertEqual(len(mails), 2)
        skipped = self._get_executions(lead).filtered(lambda line: line.state == "skipped")
        self.assertIn("chain", skipped.mapped("skip_reason"))

        self._write_to_customer(lead)
        for _round in range(3):
            self._run_worker()
        mails = self._get_mails(lead).filtered(lambda mail: mail.subject in ("One", "Two"))
        self.assertEqual(len(mails), 4, "a person wrote in between")

    def test_rules_that_go_in_a_circle_end_after_two(self):
        """By what they change. Fails without ``_get_rules_before``."""
        for before, after in (("1", "2"), ("2", "1")):
            steps = [self._mail(self._create_template()), self._update("priority", after)]
            self._create_rule(steps=steps, filter_domain=[("priority", "=", before)])
        lead = self._create_lead()
        lead.priority = "1"
        self._new_transaction()
        for _round in range(3):
            self._run_worker()

        self.assertEqual(len(self._get_mails(lead)), 2)

    def test_robot_without_headers_is_answered_twice(self):
        """It answers at once; the task for a person is made each time. Fails without ``_is_answered_by``."""
        self._hear(steps=[self._mail(self._create_template()), self._task()])
        lead = self._create_lead()
        for number in range(4):
            self._answer(lead, f"robot{number}")
            self._run_worker()

        self.assertEqual(len(self._get_mails(lead)), 2)
        self.assertEqual(len(lead.activity_ids), 4)

    def test_robot_whose_answers_make_new_leads_is_written_to_twice(self):
        """Endless until Odoo's gateway refused them; the call is planned for each. A person who takes an hour is
        answered. Fails without ``_get_answering_anew``."""
        template = self._create_template(partner_to=False, use_default_to=True)
        self._create_rule("create", [self._mail(template), self._task()])
        leads = self.env["crm.lead"]
        for number in range(5):
            leads |= leads.browse(self._receive("Away", f"away{number}", f"{ROBOTS[0]}\n"))
            self._run_worker()
            self._move_to(self.env.cr.now() + timedelta(minutes=1))
        written = self.env["mail.mail"].search([("model", "=", "crm.lead"), ("res_id", "in", leads.ids)])
        self.assertEqual(len(written.filtered(lambda mail: mail.subject == "Hello")), 2)
        self.assertEqual(len(leads.activity_ids), 5)

        self._move_to(self.env.cr.now() + timedelta(hours=1))
        late = leads.browse(self._receive("More prices", "later"))
        self._run_worker()
        self.assertExecutions(late, [("Mail", "done"), ("Call", "done")])

    def test_records_that_come_in_together_are_each_written_to(self):
        """An import is no answer."""
        self._create_rule("create", [self._mail(self._create_template())])
        leads = self._create_leads(4)
        self._run_worker()

        self.assertEqual(self._get_executions(leads).mapped("state"), ["done"] * 4)

    def test_person_who_takes_his_time_is_answered_each_time(self):
        self._hear()
        lead = self._create_lead()
        for number in range(4):
            self._answer(lead, f"person{number}")
            self._run_worker()
            self._move_to(self.env.cr.now() + timedelta(hours=1))

        self.assertEqual(len(self._get_mails(lead)), 4)

    def test_several_rules_answer_one_message(self):
        """Each answers a person, not another rule."""
        for name in ("One", "Two", "Three"):
            self._hear(subject=name, name=name)
        lead = self._create_lead()
        self._answer(lead, "person")
        self._run_worker()

        self.assertEqual(sorted(self._get_mails(lead).mapped("subject")), ["One", "Three", "Two"])
