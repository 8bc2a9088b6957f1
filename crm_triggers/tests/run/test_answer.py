from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

MAIL = """From: {email}
To: sam@company.example.com
Subject: Re: your offer
Message-Id: <{key}@example.com>
{headers}Content-Type: text/plain

Thank you, we are thinking it over.
"""


@tagged("post_install", "-at_install")
class TestAnswer(CrmTriggersCommon):
    """K38: what is planned stops when the customer answers, in the transaction that brings the answer in."""

    def _create_rule_on_sent(self, **vals):
        values = {"stop_on_answer": True, **vals}
        return self._create_rule(
            steps=[self._task(delay_count=3)], model="sale.order", filter_domain=[("state", "=", "sent")], **values
        )

    def _send(self, **vals):
        """Return a quotation that was sent, whose follow-up is planned."""
        order = self._create_order(**vals)
        order.action_quotation_sent()
        self._new_transaction()
        return order.sudo()

    def _receive(self, record, email="Ada <ada@example.com>", key="first", headers=""):
        """Let the mail gateway process an email that answers on a record."""
        mail = MAIL.format(email=email, key=key, headers=headers)
        self.env["mail.thread"].message_process(record._name, mail, thread_id=record.id)

    def test_old_mailbox_that_is_read_in_answers_nothing(self):
        """What was written before the offer; a clock that is an hour slow does not matter. Fails without ``SKEW``."""
        rule = self._create_rule_on_sent()
        first, second = self._send(), self._send()
        self._receive(first, headers="Date: Thu, 05 Jan 2023 10:00:00 +0000\n")
        self._receive(second, headers="Date: Mon, 02 Feb 2026 08:00:00 +0000\n", key="second")
        self._new_transaction()
        self.assertEqual(rule.run_ids.sorted("id").mapped("stop_reason"), [False, "answered"])

    def assertAnswered(self, record):  # noqa: N802
        """Immediately: in the message's transaction."""
        self.assertStopped(record, "answered")
        self.assertExecutions(record, [("Call", "cancel")])

    def assertGoesOn(self, record):  # noqa: N802
        self.assertEqual(self._get_runs(record).mapped("state"), ["running"])

    def test_k38_email_of_the_contact_stops_the_follow_up(self):
        """Fails without ``_stop_answered`` in ``_message_post_after_hook``."""
        self._create_rule_on_sent()
        order = self._send()

        self._receive(order)

        self.assertAnswered(order)
        self._run_until("2026-02-06 09:00:00")
        self.assertFalse(order.activity_ids)

    def test_k38_rule_that_does_not_want_it_goes_on(self):
        """Fails without ``stop_on_answer`` in ``_get_answerable``."""
        self._create_rule_on_sent(stop_on_answer=False)
        self._create_rule(filter_domain=[("priority", "=", "3")], stop_on_answer=True)
        order = self._send()

        self._receive(order)

        self.assertGoesOn(order)

    def test_k38_message_on_the_portal_is_an_answer(self):
        self._create_rule_on_sent()
        order = self._send()

        order.message_post(
            body="Yes", message_type="comment", subtype_xmlid="mail.mt_comment", author_id=self.partner.id
        )

        self.assertAnswered(order)

    def test_k38_somebody_else_of_the_company_answers(self):
        """Fails without ``commercial_partner_id``."""
        self._create_rule_on_sent()
        acme = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        self.partner.parent_id = acme
        self.env["res.partner"].create({"name": "Bob", "email": "bob@acme.example.com", "parent_id": acme.id})
        order = self._send()

        self._receive(order, "bob@acme.example.com")

        self.assertAnswered(order)

    def test_k38_stranger_or_colleague_is_no_answer(self):
        """Fails without ``_is_from_contact``, or ``partner_share``."""
        self._create_rule_on_sent()
        order = self._send()

        self._receive(order, "supplier@elsewhere.example.com")
        self._receive(order, self.sam.email, key="second")
        order.with_user(self.sam).message_post(body="I called", message_type="comment")

        self.assertGoesOn(order)

    def test_k38_out_of_office_reply_is_no_answer(self):
        """Fails without ``is_automatic``."""
        self._create_rule_on_sent()
        order = self._send()

        for header in ("Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: bulk"):
            self._receive(order, key=header[:6], headers=f"{header}\n")
        self.assertGoesOn(order)
        self._receive(order, key="written", headers="Auto-Submitted: no\n")
        self.assertAnswered(order)

    def test_k38_notification_of_odoo_is_no_answer(self):
        """For instance that the customer has opened the quotation."""
        self._create_rule_on_sent()
        order = self._send()

        order.message_post(body="Viewed", message_type="notification", author_id=self.partner.id)

        self.assertGoesOn(order)

    def test_k38_answer_on_the_opportunity_counts_for_its_quotation(self):
        """Fails without ``opportunity`` in ``_get_answered_ids``."""
        self._create_rule_on_sent()
        lead = self._create_lead()
        order, other = self._send(opportunity_id=lead.id), self._send()

        self._receive(lead)

        self.assertAnswered(order)
        self.assertGoesOn(other)

    def test_k38_answer_on_the_quotation_counts_for_its_opportunity(self):
        self._rule_on_offer([self._task(delay_count=3)], stop_on_answer=True)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        order = self._create_order(opportunity_id=lead.id)

        self._receive(order)

        self.assertAnswered(lead)

    def test_k38_lead_that_nobody_knows_answers_from_its_address(self):
        """Fails without ``email_normalized`` of the record."""
        self._rule_on_offer([self._task(delay_count=3)], stop_on_answer=True)
        lead = self._create_lead(partner_id=False, email_from="Eve <eve@example.com>")
        self._drag(lead, self.stage_offer)

        self._receive(lead, "EVE@example.com")

        self.assertAnswered(lead)

    def test_k38_email_that_makes_the_lead_stops_nothing(self):
        """Fails without ``older`` in ``_stop_answered``."""
        self._create_rule("create", [self._task(delay_count=3)], stop_on_answer=True)
        mail = MAIL.format(email="Ada <ada@example.com>", key="new", headers="")

        with self.env.cr.savepoint():  # Odoo flushes within: the rule decides before the message is there
            lead_id = self.env["mail.thread"].message_process("crm.lead", mail)
        self._new_transaction()

        self.assertGoesOn(self.env["crm.lead"].browse(lead_id))

    def test_k38_run_that_began_with_a_message_of_the_same_transaction_goes_on(self):
        self._rule_on_offer([self._task(delay_count=3)], stop_on_answer=True)
        lead = self._create_lead()
        lead.stage_id = self.stage_offer
        self.env.cr.flush()

        self._receive(lead)

        self.assertGoesOn(lead)

    def test_k38_paused_rule_forgets_what_was_answered(self):
        rule = self._create_rule_on_sent()
        order = self._send()
        rule.with_user(self.manager).action_pause()

        self._receive(order)

        self.assertAnswered(order)

    def test_fault_of_ours_loses_neither_the_message_nor_what_was_written_before(self):
        """Promise 3. Fails without ``isolated``, or ``flush_all``, in ``_message_post_after_hook``."""
        self._create_rule_on_sent()
        order = self._send()
        order.message_post(body="Yes", message_type="email", author_id=self.partner.id)
        message = order.message_ids[0]
        message.subject = "not yet in the database"

        def break_off(runs, _thread, _message):
            runs.env.flush_all()
            raise ValueError("broken")

        broken = patch.object(self.registry["crm.trigger.run"], "_stop_answered", break_off)
        with broken, mute_logger("odoo.addons.crm_triggers.models.isolation"):
            order._message_post_after_hook(message, {})
        self.env.invalidate_all()

        self.assertEqual((message.subject, message.body), ("not yet in the database", "<p>Yes</p>"))

    def test_message_costs_nothing_without_such_a_rule(self):
        """Promise 3. Fails without ``_get_answerable`` in ``_message_post_after_hook``."""
        order = self._send()

        def count():
            order.message_post(body="Yes", message_type="comment", author_id=self.partner.id)
            before = self.env.cr.sql_log_count
            order.message_post(body="Yes", message_type="comment", author_id=self.partner.id)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with patch.object(self.registry["crm.trigger.rule"], "_get_answerable", lambda rules: {}):
            without = count()
        self._create_rule_on_sent(stop_on_answer=False)

        self.assertEqual(count(), without)

    def test_follow_up_of_the_gallery_stops_at_an_answer(self):
        template = self.env.ref("crm_triggers.template_quotation_followup")
        rule = template.with_user(self.manager).copy({"is_template": False, "active": True})

        self.assertTrue(rule.stop_on_answer)
