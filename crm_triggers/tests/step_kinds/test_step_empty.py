from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from ..document_case import DocumentCase

NOTHING = "{{ object.name if object.name == 'nobody' else '' }}"
BLANK = """<table><tr><td style="color: red">&nbsp;<t t-if="object.name == 'nobody'">Hello</t></td></tr></table>"""


@tagged("post_install", "-at_install")
class TestStepEmpty(DocumentCase, MailCase):
    """What renders to nothing is not sent, posted or logged, and the log shows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls.env["discuss.channel"].create({"name": "Deals", "channel_type": "channel"})

    def _run_on(self, *steps, **vals):
        """Have the steps done for a lead; return their lines."""
        rule = self._rule_on_offer(list(steps), **vals)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        before = lead.sudo().message_ids
        with self.mock_mail_gateway():
            self._run_worker()
        self.posted = lead.sudo().message_ids - before
        return self._get_executions(lead, rule)

    def _assert_empty(self, lines):
        self.assertEqual(lines.mapped("state"), ["skipped"] * len(lines))
        self.assertEqual(set(lines.mapped("skip_reason")), {"empty"})
        self.assertFalse(self._new_mails)
        self.assertFalse(self.posted)
        self.assertFalse(any(lines.mapped("result_id")))

    def test_email_without_subject_and_body(self):
        template = self._create_template(subject=NOTHING, body_html=BLANK)
        self._assert_empty(self._run_on(self._mail(template)))

    def test_email_of_which_one_is_there_is_sent(self):
        for vals in (
            {"subject": NOTHING},
            {"body_html": BLANK},
            {"subject": NOTHING, "body_html": "<img src='/a.png'/>"},
        ):
            template = self._create_template(**vals)
            with self.subTest(vals):
                self.assertEqual(self._run_on(self._mail(template)).state, "done")

    def test_empty_email_does_not_take_the_place_of_the_next(self):
        """Fails without ``SKIP_EMPTY`` in ``SETTLED``."""
        empty, full = self._create_template(subject=NOTHING, body_html=BLANK), self._create_template(subject="Full")
        lines = self._run_on(self._mail(empty), self._mail(full, name="Next"))

        self.assertEqual([(line.state, line.skip_reason) for line in lines], [("skipped", "empty"), ("done", False)])
        self.assertEqual(self._new_mails.mapped("subject"), ["Full"])

    def test_one_in_a_batch_is_nobody_elses_business(self):
        template = self._create_template(
            subject="{{ object.name if object.name == 'Lead 1' else '' }}", body_html="<p><br/></p>"
        )
        rule = self._rule_on_offer([self._mail(template)])
        leads = self._create_leads(3)
        self._drag(leads, self.stage_offer)
        with self.mock_mail_gateway():
            self._run_worker()

        states = [(line.state, line.skip_reason) for line in self._get_executions(leads, rule).sorted("res_id")]
        self.assertEqual(states, [("skipped", "empty"), ("done", False), ("skipped", "empty")])
        self.assertEqual(self._new_mails.mapped("subject"), ["Lead 1"])

    def test_notes_and_messages(self):
        template = self._create_template(body_html=BLANK)
        for kind in ("note", "message"):
            for vals in ({"template_id": template.id}, {"message_body": "<p><br></p>"}):
                with self.subTest((kind, vals)):
                    self._assert_empty(self._run_on({"kind": kind, "name": "Tell", **vals}))

    def test_post_in_a_channel(self):
        """Also in the language of the company alone."""
        step = {"kind": "channel", "name": "Post", "channel_id": self.channel.id, "channel_text": "  "}
        self._assert_empty(self._run_on(step))
        self.assertFalse(self.channel.message_ids)

    def test_messages_of_an_administrator(self):
        template = self._create_template(subject=NOTHING, body_html=BLANK)
        for method in ("email", "comment", "note"):
            step = {
                "kind": "other",
                "name": "Other",
                "state": "mail_post",
                "mail_post_method": method,
                "template_id": template.id,
            }
            with self.subTest(method):
                self._assert_empty(self._run_on(step, user=self.admin))

    def test_activity_without_a_title_has_that_of_its_type(self):
        line = self._run_on(self._task(activity_summary="   ", name="Task"))
        activity = self.env["mail.activity"].browse(line.result_id)
        self.assertEqual((line.state, activity.summary, activity.display_name), ("done", False, self.todo.name))

    def test_quotation_and_invoice(self):
        """An email with a document and without a word is none that one would send."""
        nothing = {"subject": NOTHING, "body_html": BLANK}
        self.env.ref("sale.email_template_edi_sale").write(nothing)
        self.env.ref("account.email_template_edi_invoice").write(nothing)
        order, invoice = self._create_taxed(), self._create_posted()
        with self.mock_mail_gateway():
            lines = self._run_step({"kind": "send", "name": "Send"}, order)
            lines |= self._run_step({"kind": "send", "name": "Send"}, invoice)

        self.assertEqual(lines.mapped("skip_reason"), ["empty", "empty"])
        self.assertEqual((order.state, invoice.sending_data), ("draft", False))

    def test_looking_takes_no_query_per_record(self):
        template = self._create_template()
        counts = []
        for count in (5, 20, 40):
            leads = self._create_leads(count)
            before = self.env.cr.sql_log_count
            empty = template._get_crm_trigger_empty(leads.ids)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertFalse(empty)
        self.assertLessEqual(counts[2], counts[1])
