from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestStepCoupon(DocumentCase, MailCase):
    """Z49: a rule gives a contact a coupon, once, for some days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        template = cls.env.ref("loyalty.mail_template_loyalty_card")
        plan = Command.create({"trigger": "create", "mail_template_id": template.id})
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Come back",
                "program_type": "coupons",
                "applies_on": "current",
                "trigger": "with_code",
                "company_id": False,
                "currency_id": cls.company.currency_id.id,
                "reward_ids": [Command.create({"reward_type": "discount", "discount": 10})],
                "communication_plan_ids": [plan],
            }
        )

    def _coupon(self, **vals):
        return {"kind": "coupon", "name": "Coupon", "coupon_program_id": self.program.id, "coupon_days": 20, **vals}

    def _get_mails(self):
        return self._new_mails.filtered(
            lambda mail: self.partner in mail.recipient_ids or self.partner.email in (mail.email_to or "")
        )

    def test_coupon_with_its_email_and_in_the_log(self):
        order = self._create_taxed()
        with self.mock_mail_gateway():
            execution = self._run_step(self._coupon(), order)
            self.assertFalse(self._mails, "not sent within the transaction")

        card = self.program.coupon_ids
        self.assertEqual((card.partner_id, card.points, str(card.expiration_date)), (self.partner, 1, "2026-02-22"))
        self.assertEqual((execution.state, execution.result_model), ("done", "loyalty.card"))
        self.assertEqual(execution.result_id, card.id)
        self.assertIn(card.code, self._get_mails().body_html)
        self.assertIn(card.code, "".join(order.message_ids.mapped("body")))

    def test_code_works_on_a_quotation(self):
        order = self._create_taxed()
        self._run_step(self._coupon(), order)

        rewards = order._try_apply_code(self.program.coupon_ids.code)
        card, reward = next(iter(rewards.items()))
        order._apply_program_reward(reward, card)

        self.assertEqual(order.amount_untaxed, 90)

    def test_never_a_second_one_while_it_is_good(self):
        """Promise 1: for two records of one contact, and in another run. Fails without
        ``_crm_trigger_search_coupons``."""
        orders = self._create_taxed() | self._create_taxed()
        rule = self._create_scenario([self._coupon()])
        self._enroll(rule, orders, "one")
        self._enroll(rule, orders, "two")
        self.assertEqual(len(self.program.coupon_ids), 1)

        self._move_to("2026-02-23 09:00")
        self._enroll(rule, orders[0], "three")
        self.assertEqual(len(self.program.coupon_ids), 2)

    def test_who_asked_for_no_mail_gets_it_without(self):
        """Promise 7, and the log says so; trying again tells him of the same one. Fails without ``untold``."""
        self.env["mail.blacklist"]._add(self.partner.email)
        with self.mock_mail_gateway():
            line = self._run_step(self._coupon(), self._create_taxed())

        card = self.program.coupon_ids
        self.assertEqual((line.state, line.skip_reason, line.done_part), ("skipped", "blacklist", "document"))
        self.assertEqual((line.result_model, line.result_id), ("loyalty.card", card.id))
        self.assertFalse(self._get_mails())

        self.env["mail.blacklist"]._remove(self.partner.email)
        with self.mock_mail_gateway():
            line.action_retry()
            self._run_worker()
        self.assertEqual((line.state, line.done_part, self.program.coupon_ids), ("done", False, card))
        self.assertIn(card.code, self._get_mails().body_html)

    def test_nobody_is_told_of_a_coupon_that_has_expired_or_was_used(self):
        """Tried again later. Fails without ``_crm_trigger_search_coupons`` in ``_crm_trigger_tell_of_coupons``."""
        self.env["mail.blacklist"]._add(self.partner.email)
        line = self._run_step(self._coupon(), self._create_taxed())
        self.env["mail.blacklist"]._remove(self.partner.email)
        self._move_to("2026-03-02 09:00")
        with self.mock_mail_gateway():
            line.action_retry()
            self._run_worker()
        self.assertFalse(self._get_mails())
        self.assertEqual((line.skip_reason, line.done_part), ("unusable", "document"))

    def test_program_without_an_email_tells_nobody(self):
        """That is done: no email was requested."""
        self.program.communication_plan_ids.unlink()
        self.partner.email = False
        line = self._run_step(self._coupon(), self._create_taxed())

        self.assertEqual((line.state, line.result_id), ("done", self.program.coupon_ids.id))

    def test_without_a_contact_there_is_none(self):
        lead = self._create_lead(partner_id=False)
        rule = self._create_rule(trigger="manual", steps=[self._coupon()])
        self._enroll(rule, lead)

        self.assertExecutions(lead, [("Coupon", "skipped", "no_customer")])

    def test_gift_cards_and_bad_input_are_refused_on_saving(self):
        """Gift cards are money. Fails without ``_crm_trigger_check_coupon``."""
        gift = self.env["loyalty.program"].create({"name": "Gift", "program_type": "gift_card"})
        for vals in ({"coupon_program_id": gift.id}, {"coupon_days": 0}, {"coupon_days": 999}):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "Rule “Rule”, step “Coupon”"):
                self._create_scenario([self._coupon(**vals)], activate=False)

    def test_program_of_another_company_is_refused_on_saving(self):
        """Promise 8."""
        self.program.company_id = self.company_b
        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Coupon”.*Lyon only"):
            self._create_scenario([self._coupon()], activate=False)

    def test_archived_program_is_named(self):
        rule = self._create_scenario([self._coupon()], activate=False)
        self.program.active = False
        with self.assertRaisesRegex(UserError, "step “Coupon”.*archived"):
            rule.action_activate()

    def test_form_of_a_manager_begins_with_30_days(self):
        step = self._add_step("coupon", coupon_program_id=self.program)

        self.assertEqual((step.kind, step.coupon_days), ("coupon", 30))

    def test_in_words(self):
        step = self._create_scenario([self._coupon()], activate=False).step_ids
        self.assertEqual(step.phrase, "give the coupon “Come back” for 20 days")
        step.coupon_program_id = False
        self.assertEqual(step.phrase, "give a coupon")

    def test_as_a_server_action(self):
        action = self._create_action("crm_coupon", coupon_program_id=self.program.id)
        order = self._create_taxed()

        action.with_user(self.sam).with_context(active_model="sale.order", active_ids=order.ids).run()

        self.assertEqual(self.program.coupon_ids.partner_id, self.partner)
