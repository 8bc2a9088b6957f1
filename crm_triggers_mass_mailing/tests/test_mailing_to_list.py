from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .mailing_case import MailingCase


@tagged("post_install", "-at_install")
class TestMailingToList(MailingCase):
    """K57: a rule sends a mailing to a list."""

    def test_list_gets_a_draft_once_a_day(self):
        """Fails without the search in ``_crm_trigger_mail_lists``."""
        rule = self._create_scenario([self._send(mailing_reach="list")])
        orders = self._create_order() | self._create_order()
        self._enroll(rule, orders)
        copies = self.env["mailing.mailing"].search([("subject", "=", "News")]) - self.news
        self.assertEqual((len(copies), copies.state, copies.contact_list_ids), (1, "draft", self.list))
        executions = self._get_executions(orders)
        self.assertEqual(sorted(executions.mapped("state")), ["done", "skipped"])
        self.assertEqual(executions.filtered("result_id").result_id, copies.id)

        self._enroll(rule, self._create_order())
        self.clock.move_to("2026-02-04 12:00:00")
        self._new_transaction()
        self._enroll(rule, self._create_order())
        copies = self.env["mailing.mailing"].search([("subject", "=", "News")]) - self.news
        self.assertEqual(len(copies), 2)

    def test_two_rules_send_one_mailing_to_one_list_once_a_day(self):
        """One that was archived, or sent by a person, counts; a list that did not get it, gets it. Fails without
        ``crm_trigger_mailing_id``."""
        step = self._send(mailing_reach="list")
        self.assertEqual(self._run_step(step, self._create_order()).state, "done")
        copies = self.news.crm_trigger_copy_ids
        self.assertEqual(len(copies), 1)
        copies.active = False

        self.assertSkipped(self._run_step(step, self._create_order()), "already")
        self.news.contact_list_ids = self.list | self.other
        self.assertEqual(self._run_step(step, self._create_order()).state, "done")
        self.assertEqual(self.news.crm_trigger_copy_ids.contact_list_ids, self.other)

        by_hand = self._create_mailing("mailing.list", contact_list_ids=self.list.ids, state="done")
        by_hand.sent_date = "2026-02-02 08:00:00"
        self.assertSkipped(self._run_step({**step, "mailing_id": by_hand.id}, self._create_order()), "already")

    def test_list_is_mailed(self):
        """As Odoo sends any mailing: unsubscribed contacts get none."""
        self._subscribe()
        gone = self.env["mailing.contact"].create(
            {
                "name": "Bob",
                "email": "bob@example.com",
                "subscription_ids": [Command.create({"list_id": self.list.id, "opt_out": True})],
            }
        )
        self._run_step(self._send(mailing_reach="list", mailing_then="queue"), self._create_order())
        copy = self.env["mailing.mailing"].search([("subject", "=", "News")]) - self.news
        self.assertEqual(copy.state, "in_queue")
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            copy._action_send_mail()
        sent = copy.mailing_trace_ids.filtered(lambda trace: trace.trace_status != "cancel")
        self.assertEqual(sent.mapped("email"), ["ada@example.com"])
        self.assertNotIn(gone.id, sent.mapped("res_id"))
