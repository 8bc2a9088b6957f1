from odoo.fields import Command
from odoo.tests import tagged

from ..document_case import DocumentCase

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="


@tagged("post_install", "-at_install")
class TestCommitment(DocumentCase):
    """No step changes what a customer signed, is paying, has paid or ordered, and the log shows it."""

    def _create_open(self, **vals):
        """Return a quotation that the customer has, over 100, to be signed and paid."""
        values = {"require_signature": True, "require_payment": True, "prepayment_percent": 1}
        order = self._create_taxed(**values, validity_date="2026-12-31", **vals)
        order.action_quotation_sent()
        self._new_transaction()
        return order

    def _sign(self, order):
        """Sign a quotation as the portal does."""
        order.write({"signed_by": "Ada", "signed_on": "2026-02-02 09:00:00", "signature": PIXEL})
        self._new_transaction()

    def _get_committed(self):
        """Return quotations that a customer is held to, and holds us to, by what makes them so."""
        committed = {}
        for name in ("signed", "drawn", "pending", "authorized", "done", "begun", "invoiced"):
            order = committed[name] = self._create_open()
            if name == "signed":
                self._sign(order)
            elif name == "drawn":
                order.signature = PIXEL
            elif name == "invoiced":  # an order that was cancelled and made a quotation again
                order.action_confirm()
                order._create_invoices().action_post()
                order._action_cancel()
                order.action_draft()
            else:
                self._pay_online(order, "draft" if name == "begun" else name)
        self._new_transaction()
        return committed

    def _discount(self, percent=10, **vals):
        return {"kind": "discount", "name": "Discount", "discount_percent": percent, "discount_days": 7, **vals}

    def _take_back_on(self, moment):
        self._move_to(moment)
        self._run_cron("crm_triggers.ir_cron_take_back")

    def test_gets_no_discount(self):
        """Fails without ``_get_crm_trigger_bound`` in ``_crm_trigger_give_discounts``."""
        committed = self._get_committed()
        orders = self.env["sale.order"].union(*committed.values())
        self._run_step(self._discount(), orders)

        for name, order in committed.items():
            with self.subTest(name):
                self.assertEqual((order.amount_untaxed, str(order.validity_date)), (100, "2026-12-31"))
                self.assertExecutions(order, [("Discount", "skipped", "committed")])

    def test_keeps_the_discount_when_it_ends(self):
        """Fails without ``_get_crm_trigger_bound`` in ``_take_back``. What comes to nothing is no commitment any
        more; it is said once that it stays."""
        signed, paying, free = (self._create_open() for _i in range(3))
        self._run_step(self._discount(), signed | paying | free)
        self._sign(signed)
        payment = self._pay_online(paying, "pending")

        self._take_back_on("2026-02-10 09:00")
        self._take_back_on("2026-02-10 10:00")
        self.assertEqual([one.amount_untaxed for one in (signed, paying, free)], [90, 90, 100])
        self.assertEqual([str(one.validity_date) for one in (signed, paying)], ["2026-02-09"] * 2)
        self.assertEqual([one.has_rule_discount for one in (signed, paying, free)], [True, True, False])
        notes = [body for body in signed.message_ids.mapped("body") if "stays" in body]
        self.assertEqual(len(notes), 1)

        payment.state = "cancel"
        self._take_back_on("2026-02-11 09:00")
        self.assertEqual([one.amount_untaxed for one in (signed, paying)], [90, 100])

    def test_payment_that_arrives_after_the_discount_ended_confirms_the_order(self):
        order = self._create_open()
        self._run_step(self._discount(), order)
        payment = self._pay_online(order, "pending")
        self._take_back_on("2026-02-10 09:00")

        payment.state = "done"
        payment._check_amount_and_confirm_order()

        self.assertEqual((order.state, order.amount_untaxed, order._is_paid()), ("sale", 90, True))

    def test_payment_that_was_begun_and_left_binds_nobody(self):
        order = self._create_open()
        self._pay_online(order, "draft")
        self._move_to("2026-02-03 09:01")
        self._run_step(self._discount(), order)
        self.assertEqual(order.amount_untaxed, 90)

    def test_payment_that_failed_binds_nobody(self):
        order = self._create_open()
        self._pay_online(order, "cancel")
        self._pay_online(order, "error")
        self._run_step(self._discount(), order)
        self.assertEqual(order.amount_untaxed, 90)

    def test_terms_are_not_changed(self):
        """By a step of an administrator, on the quotation, through what leads to it, or with a formula. Fails
        without ``_get_bound`` in ``_act_update``."""
        signed, free = self._create_open(), self._create_open()
        self._sign(signed)
        until = self._update("validity_date", "2026-03-01")
        self._run_step(until, signed | free, user=self.admin)
        self.assertEqual([str(one.validity_date) for one in (signed, free)], ["2026-12-31", "2026-03-01"])
        self.assertExecutions(signed, [("Update", "skipped", "committed")])

        ordered = self._create_confirmed()
        self._run_step(self._update("note", "", html_value="Other terms"), ordered, user=self.admin)
        self.assertNotIn("Other terms", ordered.note or "")

        dearer = self._update("order_line.price_unit", "150")
        self._run_step(dearer, signed | free, user=self.admin)
        self.assertEqual([one.amount_untaxed for one in (signed, free)], [100, 150])

        formula = {"update_path": "validity_date", "value": "record.date_order.date()", "evaluation_type": "equation"}
        step = {"kind": "other", "name": "Formula", "state": "object_write", **formula}
        self._run_step(step, signed | free, user=self.admin)
        self.assertEqual([str(one.validity_date) for one in (signed, free)], ["2026-12-31", "2026-02-02"])

    def test_terms_are_not_changed_from_the_opportunity(self):
        lead = self._create_lead()
        signed, free = self._create_open(opportunity_id=lead.id), self._create_open(opportunity_id=lead.id)
        self._sign(signed)
        step = self._update("order_ids.validity_date", "2026-03-01")
        self._run_step(step, lead, user=self.admin)
        self.assertEqual([str(one.validity_date) for one in (signed, free)], ["2026-12-31", "2026-03-01"])

    def test_terms_are_not_changed_by_actions_in_a_row(self):
        signed = self._create_open()
        self._sign(signed)
        child = self._create_action("object_write", update_path="validity_date", value="2026-03-01")
        step = {"kind": "other", "name": "Both", "state": "multi", "child_ids": [Command.link(child.id)]}
        self._run_step(step, signed, user=self.admin)

        self.assertEqual(str(signed.validity_date), "2026-12-31")
        self.assertExecutions(signed, [("Both", "skipped", "committed")])

    def test_terms_of_an_invoice_are_not_changed(self):
        posted, draft = self._create_posted(), self._create_invoice()
        self._run_step(self._update("narration", "", html_value="Other terms"), posted | draft, user=self.admin)

        self.assertNotIn("Other terms", posted.narration or "")
        self.assertIn("Other terms", draft.narration)
        self.assertExecutions(posted, [("Update", "skipped", "committed")])

    def test_what_is_ours_is_changed(self):
        """Internal fields do not concern the customer."""
        signed = self._create_open()
        self._sign(signed)
        self._run_step(self._update("user_id", self.tom.id), signed)
        self.assertEqual(signed.user_id, self.tom)

    def test_is_not_confirmed_while_its_payment_is_awaited(self):
        """The payment confirms it. Fails without ``_is_crm_trigger_awaiting_payment``."""
        signed, pending, free, agreed = (self._create_open() for _i in range(4))
        self._sign(signed)
        self._pay_online(pending, "pending")
        agreed.require_payment = False
        self._sign(agreed)
        self._run_step({"kind": "confirm", "name": "Confirm"}, signed | pending | free | agreed)

        self.assertEqual([one.state for one in (signed, pending, free, agreed)], ["sent", "sent", "sale", "sale"])
        for one in signed, pending:
            self.assertExecutions(one, [("Confirm", "skipped", "committed")])
