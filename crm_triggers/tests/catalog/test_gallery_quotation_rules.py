from odoo.tests import tagged

from ..gallery_case import GalleryCase


@tagged("post_install", "-at_install")
class TestGalleryQuotationRules(GalleryCase):
    """The ready rules of the phases quotation and order."""

    def _see_online(self, order):
        """Open the quotation as the customer does, as far as Odoo detects it."""
        viewed = {"message_type": "notification", "subtype_xmlid": "sale.mt_order_viewed"}
        order.sudo().message_post(body="Quotation viewed by customer", author_id=self.partner.id, **viewed)
        self._new_transaction()

    def _sign(self, order):
        order.sudo().write({"signed_by": "Ada", "signed_on": "2026-02-04 09:00:00"})

    def test_quotation_task(self):
        """K33: sending the quotation settles the task."""
        self._use("quotation_task")
        lead = self._create_lead()
        task = lead.sudo().activity_schedule("crm_triggers.mail_activity_type_send_quotation", user_id=self.sam.id)

        self._send(self._create_order(opportunity_id=lead.id))
        self._run_worker()

        self.assertFalse(lead.sudo().activity_ids)
        self.assertEqual((task.active, task.feedback), (False, "The quotation was sent."))

    def test_quotation_followup(self):
        """K38, K59: three numbered emails in the thread of the quotation, each at its time, and a call."""
        self._use("quotation_followup")
        order = self._create_order()
        values = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment", "partner_ids": self.partner.ids}
        order.sudo().message_post(body="Here it is", subject="Quotation S1", **values)
        self._send(order)

        for moment, number in (("2026-02-05 09:05", 1), ("2026-02-09 09:05", 2), ("2026-02-17 09:05", 3)):
            self._run_until(moment)
            done = self._get_executions(order).filtered(lambda line: line.state == "done" and "email" in line.step_name)
            self.assertEqual(len(done), number)
            self.assertRegex(done[-1].step_name, f"^Follow-up no. {number}: ")

        quotation, *followups = self._get_mails()
        self.assertEqual([mail.subject for mail in followups], ["Re: Quotation S1"] * 3)
        for before, mail in zip([quotation, *followups], followups, strict=False):
            self.assertEqual(mail.references.split()[-1], before.message_id)
        self.assertIn("/my/orders/", followups[1].body_html)
        self.assertEqual(order.sudo().activity_ids.summary, "Follow-up no. 3 of the quotation: last call")

    def test_quotation_followup_stops_at_once(self):
        """K38: by an order, a refusal, a signature that waits for its payment, an answer, a newer
        version; in the transaction that brings it, after the first follow-up."""
        self._use("quotation_followup")
        for what, reason in (
            (lambda order: order.sudo().action_confirm(), "unmatched"),
            (lambda order: order.sudo()._action_cancel(), "unmatched"),
            (self._sign, "stop_domain"),
            (self._answer, "answered"),
            (lambda order: self._send(order.copy()), "stop_domain"),
        ):
            self._move_to("2026-02-02 09:00")
            order = self._create_order()
            self._send(order)
            self._run_until("2026-02-05 09:05")

            self._let_mails_leave()
            what(order)
            self._new_transaction()

            self.assertStopped(order, reason)
            self._run_until("2026-03-05 09:05")
            first, second = ("Follow-up no. 1: email after 3 days", "Follow-up no. 2: email after 7 days")
            self.assertExecutions(order, [(first, "done"), (second, "cancel")])

    def test_quotation_followup_never_two_at_once(self):
        """K38: the scheduled actions were off for twelve days."""
        self._use("quotation_followup")
        order = self._create_order()
        self._send(order)

        self._run_until("2026-02-14 09:05")
        self.assertFalse(self._get_mails())
        self._run_until("2026-02-17 09:05")

        self.assertEqual(len(self._get_mails()), 1)
        self.assertEqual(self._get_executions(order).mapped("state"), ["skipped", "skipped", "done", "done"])

    def test_quotation_expiry(self):
        """Z46."""
        self._use("quotation_expiry")
        sent, draft = (self._create_order(validity_date="2026-02-20") for _number in range(2))
        self._send(sent)

        self._run_until("2026-02-17 07:05")

        self.assertExecutions(sent, [("Email: the quotation expires soon", "done"), ("Call before it expires", "done")])
        self.assertFalse(self._get_runs(draft))
        self.assertEqual(self._get_mail_subjects(), [f"Your quotation {sent.name} is valid until 02/20/2026"])

    def test_quotation_of_a_lost_opportunity_is_not_followed_up(self):
        """Fails without its status in "stop when"."""
        for name in ("quotation_expiry", "quotation_followup"):
            self._use(name)
        lead = self._create_lead(type="opportunity")
        order = self._create_order(validity_date="2026-02-20", opportunity_id=lead.id)
        self._send(order)
        lead.action_set_lost()

        self._run_until("2026-02-05 09:30")
        self._run_until("2026-02-17 09:30")

        self.assertFalse(self._get_mails())
        self.assertEqual(set(self._get_runs(order).mapped("state")), {"stopped"})

    def test_quotation_opened(self):
        """K16, Z36, Z37: notified immediately, and not each time the customer looks."""
        self._use("quotation_opened")
        order = self._create_order()
        self._send(order)

        for moment in ("2026-02-03 09:00", "2026-02-04 09:00"):
            self._move_to(moment)
            self._see_online(order)
            self._run_worker()

        self.assertEqual(self._get_told(order, "just opened"), self.sam)
        self.assertEqual(str(order.sudo().activity_ids.date_deadline), "2026-02-04")

    def test_quotation_answer(self):
        """K11, K31: one activity a day, however often the customer writes."""
        self._use("quotation_answer")
        order = self._create_order()
        self._move_to("2026-02-06 09:00")

        for _number in range(2):
            self._answer(order)
            self._run_worker()

        self.assertEqual(str(order.sudo().activity_ids.date_deadline), "2026-02-09")  # the Monday

    def test_quotation_incentive(self):
        """Z46, Z49: within the limit, with an email that names the new price, and taken back."""
        self._use("quotation_incentive")
        order, answered = (self._create_order() for _number in range(2))
        self._send(order)
        self._send(answered)
        self._run_until("2026-02-20 09:05")
        self._answer(answered)

        self._run_until("2026-02-23 09:05")

        self.assertEqual((order.amount_total, answered.amount_total), (95, 100))
        subject = f"Your quotation {order.name}: a discount until 03/02/2026"
        self.assertEqual(self._get_mail_subjects(), [subject])
        self.assertIn("95.00", self._get_mails().body_html)
        self.assertIn("03/02/2026", self._get_mails().body_html)
        self.assertEqual(order.sudo().activity_ids.summary, "Price reduced for a week: call")

    def test_quotation_incentive_says_nothing_of_what_was_not_given(self):
        """Where there is a discount already, or one of a rule has expired. Fails without ``has_rule_discount``
        in the conditions of its steps."""
        self._use("quotation_incentive")
        order, expired = (self._create_order() for _number in range(2))
        order.sudo().order_line.discount = 20
        incentive = {"order_id": expired.id, "valid_until": "2026-02-02", "discounts": {}, "taken_back": True}
        self.env["crm.trigger.incentive"].create({**incentive, "active": False})
        self._send(order | expired)

        self._run_until("2026-02-23 09:05")

        self.assertEqual((order.amount_total, expired.amount_total), (80, 100))
        self.assertFalse(self._get_mails())
        self.assertFalse((order | expired).sudo().activity_ids)

    def test_quotation_monday(self):
        """K64: what waits for an answer and has nothing planned."""
        self._use("quotation_monday")
        order, busy, draft, replaced = (self._create_order() for _number in range(4))
        for sent in (order, busy, replaced):
            self._send(sent)
        self._send(replaced.copy())
        busy.sudo().activity_schedule("mail.mail_activity_data_call", user_id=self.sam.id)

        self._run_until("2026-02-09 07:05")

        self.assertEqual(str(order.sudo().activity_ids.date_deadline), "2026-02-13")
        self.assertEqual(self._get_executions(busy).skip_reason, "condition")
        self.assertFalse(self._get_runs(draft + replaced))

    def test_quotation_signed(self):
        """K40, K43, K44: as the portal does, which confirms what is signed."""
        self._use("quotation_signed")
        order = self._create_order()
        self._send(order)

        self._sign(order)
        order.sudo()._validate_order()
        self._new_transaction()
        self._run_worker()

        invoice = order.sudo().invoice_ids
        self.assertEqual((invoice.state, invoice.amount_untaxed), ("draft", 30))
        tasks = order.sudo().activity_ids.sorted("id")
        self.assertEqual(tasks.mapped("user_id"), self.sam + self.manager)

    def test_order_customer(self):
        """K41, K45: then the other template welcomes them."""
        self._use("order_customer")
        self._use("customer_welcome")
        order = self._create_order()

        order.sudo().action_confirm()
        self._new_transaction()
        self._run_worker()

        self.assertEqual(self.partner.customer_rank, 1)
        self.assertExecutions(self.partner, [("Welcome email on the next day", "scheduled")])

    def test_order_satisfaction(self):
        self._use("order_satisfaction")
        order = self._create_order()

        order.sudo().action_confirm()
        self._new_transaction()
        self._run_until("2026-02-17 08:59")
        self.assertExecutions(order, [("Email: is everything to your satisfaction?", "scheduled")])
        self._run_until("2026-02-17 09:01")

        self.assertExecutions(order, [("Email: is everything to your satisfaction?", "done")])
        self.assertEqual(self._get_mail_subjects(), ["Is everything to your satisfaction?"])

    def test_order_not_invoiced(self):
        """K22."""
        self._use("order_not_invoiced")
        order, invoiced = (self._create_order().sudo() for _number in range(2))
        (order + invoiced).action_confirm()
        self._new_transaction()
        self._run_until("2026-02-09 09:05")
        self.assertEqual(order.activity_ids.user_id, self.sam)
        invoiced._create_invoices()
        self._new_transaction()

        self._run_until("2026-02-16 09:10")

        self.assertEqual(self._get_told(order, "could have been invoiced"), self.manager)
        self.assertStopped(invoiced, "unmatched")
