from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .mailing_case import MailingCase


@tagged("post_install", "-at_install")
class TestMailing(MailingCase):
    """K57: a rule sends a mailing to a contact."""

    # To the contact

    def test_contact_gets_it_once_ever(self):
        """Fails without ``reached`` in ``_crm_trigger_mail_contacts``; it waits in the queue of emails."""
        mailing = self._create_mailing("res.partner")
        order, other = self._create_order(), self._create_order()
        done = self._run_step(self._send(mailing), order)
        self.assertEqual((done.state, done.result_model), ("done", "mailing.trace"))
        self.assertSkipped(self._run_step(self._send(mailing), other), "already")

        mail = self._get_mails()
        self.assertEqual((mail.state, mail.mailing_id), ("outgoing", mailing))
        self.assertEqual(mail.mailing_trace_ids.ids, [done.result_id])
        self.assertEqual(mailing.state, "draft", "the mailing itself is not sent")

    def test_archived_contact_gets_none(self):
        """To himself, to his address on a list, and by a mailing for leads; also if he is archived after it was
        queued. Fails without ``_tell_crm_trigger_refusal``."""
        lead = self._create_lead(email_from=self.partner.email).sudo()
        order, late = self._create_order(), self._create_order()
        by_contact, by_lead = self._create_mailing("res.partner"), self._create_mailing("crm.lead")
        self._subscribe()
        queued = self._run_step(self._send(by_contact), late)
        self.assertEqual(queued.state, "done")
        self.partner.active = False

        with mute_logger("odoo.addons.mail.models.mail_mail"):
            self._get_mails().send()
        self.assertSkipped(queued, "archived")
        self.assertEqual(self._get_mails().state, "cancel")
        for mailing, record in ((self._create_mailing("res.partner"), order), (self.news, order), (by_lead, lead)):
            with self.subTest(mailing.mailing_model_real):
                self.assertSkipped(self._run_step(self._send(mailing), record), "archived")

    def test_stop_takes_back_what_has_not_left(self):
        """Fails without ``_guard_stopped``: its run was over, or stopped by hand."""
        order = self._create_order()
        queued = self._run_step(self._send(self._create_mailing("res.partner")), order, stop_on_answer=True)
        queued.rule_id.step_ids.copy({"kind": "activity", "rule_id": queued.rule_id.id, "delay_count": 3})
        queued.run_id._mark({"state": "running"})
        queued.run_id.action_stop()

        self._get_mails().send()

        self.assertEqual((queued.state, self._get_mails().state), ("cancel", "cancel"))

    def test_contact_with_another_address_has_had_it(self):
        """Whatever the mailing is for; nor does a second contact with the same address get it. Fails without
        ``_crm_trigger_search_served``."""
        contact = self._subscribe()
        for mailing, address in (
            (self._create_mailing("res.partner"), "a1@example.com"),
            (self.news, "a2@example.com"),
        ):
            self.assertEqual(self._run_step(self._send(mailing), self._create_order()).state, "done")
            self._get_mails().write({"state": "sent"})
            self.partner.email = address
            if mailing == self.news:
                self._subscribe().email = address

            with self.subTest(mailing.mailing_model_real):
                self.assertSkipped(self._run_step(self._send(mailing), self._create_order()), "already")
            self.partner.email = contact.email

        mailing = self._create_mailing("res.partner")
        self._run_step(self._send(mailing), self._create_order())
        twin = self.partner.copy({"email": self.partner.email.upper()})
        self.assertSkipped(self._run_step(self._send(mailing), self._create_order(partner_id=twin.id)), "already")

    def test_two_records_of_a_contact_with_two_addresses_in_one_batch(self):
        """One contact, whatever address their leads have."""
        mailing = self._create_mailing("crm.lead")
        leads = self._create_lead() | self._create_lead()
        leads.sudo()[1].email_from = "other@example.com"
        self.partner.email = "ada@example.com"
        leads.sudo()[1].with_context(tracking_disable=True)._write({"email_normalized": "other@example.com"})
        self._new_transaction()

        executions = self._run_step(self._send(mailing), leads)

        self.assertEqual(sorted(executions.mapped("state")), ["done", "skipped"])

    def test_mailing_tried_again_at_a_corrected_address(self):
        """The first one never left; what is still in the queue counts. Fails without ``NOT_RECEIVED`` in
        ``_crm_trigger_search_served``."""
        mailing = self._create_mailing("res.partner")
        line = self._run_step(self._send(mailing), self._create_order())
        self._get_mails().state = "exception"
        self._get_mails().mailing_trace_ids.set_failed(failure_type="mail_email_invalid")
        self.assertEqual(line.state, "error")
        self.partner.email = "ada.lovelace@example.com"
        line.action_retry()
        self._run_worker()
        self.assertEqual((line.state, line.skip_reason), ("done", False))

        trace = self.env["mailing.trace"].browse(line.result_id)
        self.assertEqual((trace.trace_status, trace.email), ("outgoing", self.partner.email))
        trace.set_failed(failure_type="mail_smtp")
        self.assertSkipped(self._run_step(self._send(mailing), self._create_order()), "already")

    def test_address_that_returned_it_has_had_it_and_the_contact_has_not(self):
        mailing = self._create_mailing("res.partner")
        self._run_step(self._send(mailing), self._create_order())
        mails = self._get_mails()
        mails.state = "sent"
        mails.mailing_trace_ids.set_bounced()
        self.assertSkipped(self._run_step(self._send(mailing), self._create_order()), "already")
        self.partner.email = "ada.lovelace@example.com"
        self.assertEqual(self._run_step(self._send(mailing), self._create_order()).state, "done")

    def test_on_the_list_only(self):
        """A mailing for lists goes to members of one of them, by email."""
        self.assertSkipped(self._run_step(self._send(), self._create_order()), "no_recipient")
        contact = self._subscribe()
        self._run_step(self._send(), self._create_order())
        self.assertEqual(self._get_mails().mailing_trace_ids.res_id, contact.id)

    def test_record_itself(self):
        mailing = self._create_mailing("crm.lead")
        lead = self._create_lead(email_from="ada@example.com")
        self.assertEqual(self._run_step(self._send(mailing), lead).state, "done")

    def test_mailing_that_says_nothing_is_not_sent(self):
        """Neither subject nor body; one of the two is enough. Fails without ``_crm_trigger_get_silent``."""
        nothing = "{{ object.comment or '' }}"
        mailing = self._create_mailing("res.partner", subject=nothing, body_html="<p><br></p>")
        self.assertSkipped(self._run_step(self._send(mailing), self._create_order()), "empty")
        self.assertFalse(self._get_mails())

        mailing.body_html = "<p>News</p>"
        self.assertEqual(self._run_step(self._send(mailing), self._create_order()).state, "done")

    def test_unsubscribed_and_blacklisted_get_none(self):
        """Also where the mailing ignores the blacklist. Fails without either line of
        ``_crm_trigger_get_refused_emails``."""
        contact = self._subscribe(opt_out=True)
        self.assertSkipped(self._run_step(self._send(), self._create_order()), "unsubscribed")
        contact.subscription_ids.opt_out = False
        self.news.use_exclusion_list = False
        self.env["mail.blacklist"]._add(self.partner.email)
        self.assertSkipped(self._run_step(self._send(), self._create_order()), "blacklist")
        self.assertFalse(self._get_mails())

    def test_two_runs_and_many_records(self):
        """Promise 1, and promise 3: one composer for all."""
        mailing = self._create_mailing("res.partner")
        partners = self.env["res.partner"].create([{"name": f"P {i}", "email": f"p{i}@example.com"} for i in range(30)])
        rule = self._create_rule(trigger="manual", model="res.partner", steps=[self._send(mailing)])
        for key in ("a", "b"):
            self.env["crm.trigger.run"]._start(rule, dict.fromkeys(partners.ids, key), {})._plan(rule)
        self._run_worker()
        self.assertEqual(len(self._get_mails()), 30)

    # What cannot work

    def test_bad_input(self):
        events = (
            self._create_mailing("crm.team") if "email" in self.env["crm.team"] else self._create_mailing("crm.lead")
        )
        archived = self._create_mailing("res.partner", active=False)
        for vals, message in (
            ({"mailing_id": False}, "Choose the mailing"),
            ({"mailing_id": archived.id}, "archived"),
            ({"mailing_id": events.id, "mailing_reach": "list"}, "for no mailing list"),
        ):
            with self.subTest(message):
                rule = self._create_rule(model="sale.order", steps=[{**self._send(), **vals}], activate=False)
                with self.assertRaisesRegex(UserError, message):
                    rule.action_activate()

    def test_mailing_for_records_without_an_address_is_refused_on_saving(self):
        """For quotations or invoices, of which each run failed, and for records that do not lead to those of the
        mailing. Fails without ``_crm_trigger_get_mailing_problem``."""
        for model, mailing_model in (
            ("sale.order", "sale.order"),
            ("account.move", "account.move"),
            ("sale.order", "crm.lead"),
            ("crm.team", "res.partner"),
            ("crm.team", "mailing.list"),
        ):
            mailing = self._create_mailing(mailing_model)
            message = "Rule “Rule”, step “Send”: .*(create one for contacts|no contact)"
            with self.subTest(model=model, mailing=mailing_model), self.assertRaisesRegex(UserError, message):
                self._create_rule(
                    model=model, steps=[{**self._send(mailing), "name": "Send"}], activate=False, user=self.admin
                )
        step = self._create_rule(model="sale.order", steps=[self._send()], activate=False).step_ids
        with self.assertRaisesRegex(UserError, "create one for contacts"):
            step.mailing_id = self._create_mailing("sale.order")

    def test_manager_without_email_marketing_makes_no_such_step(self):
        """Promise 8. Fails without ``check_access`` in ``_check_manager_may``."""
        self.manager.group_ids = [Command.unlink(self.env.ref("mass_mailing.group_mass_mailing_user").id)]
        with self.assertRaises(AccessError):
            self._create_rule(steps=[self._send()])

    def test_step_on_screen_and_server_action(self):
        step = self._add_step("mailing", mailing_id=self.news)
        self.assertEqual((step.mailing_reach, step.phrase), ("contact", "send the mailing “News” to the contact"))
        step.mailing_reach = "list"
        self.assertEqual(step.phrase, "create a draft of the mailing “News” to “Newsletter”")
        step.mailing_then = "queue"
        self.assertEqual(step.phrase, "send the mailing “News” to “Newsletter”")

        self._subscribe()
        action = self._create_action("crm_mailing", mailing_id=self.news.id)
        order = self._create_order()
        action.with_context(active_model="sale.order", active_ids=order.ids, active_id=order.id).run()
        self.assertEqual(len(self._get_mails()), 1)
