from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .sms_case import NUMBER, SmsCase


@tagged("post_install", "-at_install")
class TestSms(SmsCase):
    """K28: rules write text messages to customers."""

    def test_customer_of_an_order_gets_a_text(self):
        """In the name of the salesperson; queued, and in the chatter with its state."""
        order = self._create_order()
        rule = self._create_rule(steps=[self._text()], model="sale.order", filter_domain=[("state", "=", "sale")])
        order.action_confirm()
        with self.mockSMSGateway():
            self._run_worker()
            self.assertFalse(self._sms, "not sent within the transaction")

        text = self._get_texts()
        self.assertEqual((text.state, text.body, text.partner_id), ("outgoing", "Hello Ada, Sam", self.partner))
        message = text.mail_message_id
        self.assertEqual((message.model, message.res_id, message.message_type), ("sale.order", order.id, "sms"))
        self.assertEqual((message.author_id, message.record_company_id), (self.sam.partner_id, self.company))
        self.assertEqual(message.notification_ids.mapped("notification_status"), ["ready"])
        execution = self._get_executions(order, rule)
        self.assertEqual((execution.result_model, execution.result_id), ("mail.message", message.id))

    def test_queue_sends_it_once(self):
        """Only the provider's side of the network is replaced."""
        order = self._create_order()
        self._run_step(self._text(), order)
        message = self._get_texts().mail_message_id
        with self.mockSMSGateway():
            self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
            self._run_worker()
            self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()

            self.assertEqual([sent["number"] for sent in self._sms], [NUMBER])
        self.assertEqual(message.notification_ids.mapped("notification_status"), ["pending"])

    def test_number_of_a_lead_nobody_knows(self):
        template = self._create_text("Hello {{ object.contact_name }}", "crm.lead")
        lead = self._create_lead(
            partner_id=False, contact_name="Eve", phone=NUMBER, country_id=self.env.ref("base.fr").id
        ).sudo()
        self._rule_on_offer([self._text(sms_template_id=template.id)])
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(self._get_texts().body, "Hello Eve")

    def test_text_that_says_nothing_is_not_sent(self):
        """Records are checked one by one; an administrator's action too. Fails without ``is_blank`` in
        ``_act_sms``, ``_get_silent``.
        """
        self.template = self._create_text("  {{ object.client_order_ref or '' }} ")
        silent, other = self._create_order(), self._create_order(client_order_ref="Ours")
        admins = {"kind": "other", "name": "Other", "state": "sms", "sms_method": "sms"}
        for step, user in ((self._text(), None), ({**admins, "sms_template_id": self.template.id}, self.admin)):
            with self.subTest(step["kind"]):
                lines = self._run_step(step, silent | other, user=user, key=step["kind"]).sorted("res_id")
                states = [(line.state, line.skip_reason) for line in lines]
                self.assertEqual(states, [("skipped", "empty"), ("done", False)])
                self.assertEqual([text.body.strip() for text in self._get_texts()], ["Ours"])
            self._get_texts().unlink()

    def test_without_a_number_it_is_skipped(self):
        self.partner.phone = False
        order = self._create_order()
        self._run_step(self._text(), order)

        self.assertSkipped(order, "no_recipient")

    def test_number_that_cannot_be_one_is_skipped(self):
        """Fails without ``sanitized`` in ``_get_unreachable``."""
        self.partner.phone = "06 12"
        order = self._create_order()
        self._run_step(self._text(), order)

        self.assertSkipped(order, "phone_number")

    def test_who_wants_no_texts_gets_none(self):
        """Promise 7. Fails without ``blocked`` in ``_get_unreachable``."""
        self.env["phone.blacklist"].create({"number": NUMBER})
        order = self._create_order()
        self._run_step(self._text(), order)

        self.assertSkipped(order, "phone_blacklist")

    def test_archived_contact_gets_none(self):
        order = self._create_order()
        self.partner.active = False
        self._run_step(self._text(), order)

        self.assertSkipped(order, "archived")

    def test_two_runs_that_meet_send_one(self):
        """Fails without ``first`` in ``_act_sms``."""
        order = self._create_order()
        rule = self._create_scenario([self._text()])
        self._start_two_runs(rule, order)
        self._run_worker()

        self.assertEqual(len(self._get_texts()), 1)
        self.assertEqual(sorted(self._get_executions(order).mapped("state")), ["done", "skipped"])

    def test_order_of_another_company_goes_by_its_gateway(self):
        """Fails without ``record_company_id`` in ``_queue_sms``."""
        order = self._create_order_of_b()
        self._run_step(self._text(), order, company_id=False, user=self.admin)

        self.assertEqual(self._get_texts().mail_message_id.record_company_id, self.company_b)

    def test_template_that_fails_is_named_and_others_are_sent(self):
        """Only the bad record ends in an error, and none of its messages is queued."""
        template = self._create_text("{{ 1 / (object.amount_total - 100) }} {{ object.name }}")
        orders = self._create_taxed() | self._create_order()
        self._run_step(self._text(sms_template_id=template.id), orders)

        failed = self._get_executions(orders[1])
        self.assertIn("the template “Text” cannot be rendered", failed.error)
        self.assertEqual(self._get_texts().mail_message_id.res_id, orders[0].id)

    def test_queries_do_not_grow_with_records(self):
        """Promise 3: batches. Fails when messages are created one by one."""
        template = self._create_text("Hello {{ object.name }}", "res.partner")

        def count(number):
            country = self.env.ref("base.fr")
            partners = self.env["res.partner"].create(
                [
                    {"name": f"P {i}", "phone": f"+336{number:02}2233{i:02}", "country_id": country.id}
                    for i in range(number)
                ]
            )
            step = self._text(sms_template_id=template.id)
            rule = self._create_rule(trigger="manual", model="res.partner", steps=[step])
            rule.enroll(partners)
            self._new_transaction()
            before = self.env.cr.sql_log_count
            self._run_worker()
            queries = self.env.cr.sql_log_count - before
            self.assertEqual(set(self._get_executions(partners, rule).mapped("state")), {"done"})
            return queries

        count(1)

        self.assertLessEqual(count(40) - count(10), 3)

    # What cannot work

    def test_template_is_asked_for(self):
        rule = self._create_rule(steps=[self._text(sms_template_id=False)], model="sale.order", activate=False)

        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Send an SMS”: choose the template"):
            rule.action_activate()

    def test_template_of_another_kind_of_record_is_refused_on_saving(self):
        template = self._create_text("Hello", "res.partner")

        with self.assertRaisesRegex(UserError, "step “Send an SMS”: the template “Text” is for records of the kind"):
            self._create_rule(steps=[self._text(sms_template_id=template.id)], model="sale.order", activate=False)

    def test_template_in_use_is_not_deleted(self):
        self._create_rule(steps=[self._text()], model="sale.order", activate=False)

        with self.assertRaisesRegex(UserError, "rule “Rule”, step “Send an SMS”"):
            self.template.unlink()

    def test_step_is_made_on_screen_and_says_what_it_does(self):
        rule = self._create_rule(model="sale.order", activate=False)
        with Form(rule.with_user(self.manager)) as form, form.step_ids.new() as line:
            line.kind = "sms"
            line.sms_template_id = self.template

        self.assertEqual(rule.step_ids[-1].phrase, "send the SMS “Text” to the customer")
        self.assertEqual(rule.step_ids[-1].state, "sms")
