from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.addons.sms.tests.common import MockSMS
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

NUMBER = "+33612345678"


@tagged("post_install", "-at_install")
class TestSms(DocumentCase, MockSMS):
    """K28: rules write text messages to customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.write({"phone": "06 12 34 56 78", "country_id": cls.env.ref("base.fr").id})
        cls.template = cls._create_text("Hello {{ object.partner_id.name }}, {{ user.name }}")

    @classmethod
    def _create_text(cls, body, model="sale.order"):
        model_id = cls.env["ir.model"]._get_id(model)
        return cls.env["sms.template"].create({"name": "Text", "model_id": model_id, "body": body})

    def _text(self, **vals):
        return {"kind": "sms", "sms_template_id": self.template.id, **vals}

    def _get_texts(self):
        return self.env["sms.sms"].search([("number", "=", NUMBER)])

    def assertSkipped(self, records, reason):  # noqa: N802
        self.assertExecutions(records, [("Send an SMS", "skipped", reason)] * len(records))
        self.assertFalse(self._get_texts())

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

    # Between queueing and sending, and after sending

    def _queue(self, *more, **vals):
        """Return an order whose text message is queued."""
        order = self._create_order()
        steps = [self._text(), *more]
        self._create_rule(steps=steps, model="sale.order", filter_domain=[("state", "=", "sale")], **vals)
        order.action_confirm()
        self._run_worker()
        return order.sudo()

    def _run_queue(self, **how):
        with self.mockSMSGateway(**how):
            self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
            return [sent["number"] for sent in self._sms]

    def test_number_on_the_blacklist_meanwhile(self):
        """Promise 7. Fails without ``_crm_trigger_look_again``."""
        order = self._queue()
        self.env["phone.blacklist"]._add([NUMBER])

        self.assertFalse(self._run_queue())

        self.assertExecutions(order, [("Send an SMS", "skipped", "phone_blacklist")])
        self.assertEqual(self._get_texts().state, "canceled")

    def test_record_that_left_the_conditions_meanwhile(self):
        order = self._queue()
        order._action_cancel()
        self._new_transaction()

        self.assertFalse(self._run_queue())

        self.assertExecutions(order, [("Send an SMS", "cancel")])
        self.assertStopped(order, "unmatched")

    def test_stop_takes_back_what_has_not_left(self):
        """Immediately. Fails without ``_take_back_unsent``."""
        order = self._queue(self._task(delay_count=3))

        self._get_runs(order).with_user(self.manager).action_stop()

        self.assertEqual(self._get_texts().state, "canceled")
        self.assertExecutions(order, [("Send an SMS", "cancel"), ("Call", "cancel")])

    def test_number_that_was_corrected_meanwhile(self):
        """Fails without ``_crm_trigger_renumber``: it went to the number of somebody else."""
        self._queue()
        self.partner.phone = "06 99 88 77 66"

        self.assertEqual(self._run_queue(), ["+33699887766"])

    def test_number_that_was_removed_meanwhile(self):
        """Fails without ``_crm_trigger_renumber``."""
        order = self._queue()
        self.partner.phone = False

        self.assertFalse(self._run_queue())
        self.assertExecutions(order, [("Send an SMS", "skipped", "no_recipient")])

    def test_answer_takes_back_the_text_of_the_last_step(self):
        """Fails without ``DONE`` in ``_stop_answered``."""
        order = self._queue(stop_on_answer=True)
        order.message_post(
            body="Yes", message_type="comment", subtype_xmlid="mail.mt_comment", author_id=self.partner.id
        )
        self._new_transaction()

        self.assertFalse(self._run_queue())
        self.assertStopped(order, "answered")

    def test_text_about_a_day_that_is_over(self):
        """Neither when it is written nor when it leaves. Fails without ``_get_outdated`` in ``_act_sms``, and without
        ``_guard_announced``."""
        self._create_rule("date", [self._text()], model="sale.order", date="validity_date", trg_date_range=3)
        late, queued = self._create_order(validity_date="2026-02-04"), self._create_order(validity_date="2026-02-09")
        self._run_until("2026-02-06 09:00")
        self.assertExecutions(late, [("Send an SMS", "skipped", "late")])
        self.assertExecutions(queued, [("Send an SMS", "done")])
        self._move_to("2026-02-10 09:00")

        self.assertFalse(self._run_queue())
        self.assertExecutions(queued, [("Send an SMS", "skipped", "late")])

    def test_number_that_the_gateway_refuses(self):
        """The salesperson is notified once. Fails without ``_update_sms_notifications``."""
        order = self._queue()

        self._run_queue(sim_error="wrong_number_format")

        line = self._get_executions(order)
        self.assertEqual(line.state, "error")
        self.assertIn(NUMBER, line.error)
        told = order.activity_ids.filtered(lambda one: NUMBER in (one.summary or ""))
        self.assertEqual(told.user_id, self.sam)

    def test_text_that_is_not_delivered(self):
        order = self._queue()
        self._run_queue()
        notification = self.env["mail.message"].browse(self._get_executions(order).result_id).notification_ids
        notification.sms_tracker_ids._action_update_from_provider_error("invalid_destination")

        line = self._get_executions(order)
        self.assertEqual(line.state, "done")
        self.assertIn("did not arrive", line.error)

    def test_text_of_an_administrators_action_spares_who_wants_none(self):
        """Fails without ``acting_on`` in ``sms.sms``."""
        self.env["phone.blacklist"]._add([NUMBER])
        step = {"kind": "other", "name": "Text", "state": "sms", "sms_template_id": self.template.id}
        order = self._create_order()
        filter_domain = [("state", "=", "sale")]
        self._create_rule(steps=[step], model="sale.order", filter_domain=filter_domain, user=self.admin)
        order.action_confirm()
        self._run_worker()

        self.assertFalse(self._run_queue())
