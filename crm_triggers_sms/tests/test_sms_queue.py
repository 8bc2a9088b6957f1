from odoo.tests import tagged

from .sms_case import NUMBER, SmsCase


@tagged("post_install", "-at_install")
class TestSmsQueue(SmsCase):
    """What changes while a text message waits to be sent, and what is known after it was sent."""

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
