from odoo.addons.crm_triggers.tests.document_case import DocumentCase
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged


@tagged("post_install", "-at_install")
class TestMailingList(DocumentCase):
    """K28, K57: rules put contacts on mailing lists, and take them off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list, cls.other = cls.env["mailing.list"].create([{"name": "Newsletter"}, {"name": "Fair"}])
        cls.manager.group_ids = [Command.link(cls.env.ref("mass_mailing.group_mass_mailing_user").id)]

    def _change(self, move="add", **vals):
        return {"kind": "mailing_list", "mailing_list_move": move, "mailing_list_id": self.list.id, **vals}

    def _subscribe(self, mailing_list=None, opt_out=False, **vals):
        line = Command.create({"list_id": (mailing_list or self.list).id, "opt_out": opt_out})
        return self.env["mailing.contact"].create(
            {"name": "Ada", "email": self.partner.email, "subscription_ids": [line], **vals}
        )

    def _get_contacts(self, email="ada@example.com"):
        return self.env["mailing.contact"].search([("email_normalized", "=", email)])

    def assertSkipped(self, executions, reason):  # noqa: N802
        self.assertEqual(set(executions.mapped("state")), {"skipped"})
        self.assertEqual(set(executions.mapped("skip_reason")), {reason})

    # Put on

    def test_k57_customer_of_an_order_is_put_on_the_list(self):
        order = self._create_order()
        rule = self._create_rule(steps=[self._change()], model="sale.order", filter_domain=[("state", "=", "sale")])
        order.action_confirm()
        self._run_worker()

        contact = self._get_contacts()
        self.assertEqual((contact.name, contact.list_ids), ("Ada", self.list))
        execution = self._get_executions(order, rule)
        self.assertEqual((execution.state, execution.result_model), ("done", "mailing.contact"))
        self.assertEqual(execution.result_id, contact.id)

    def test_k57_mailing_contact_with_the_email_is_taken(self):
        """Fails without ``search`` in ``_crm_trigger_change_list``."""
        contact = self._subscribe(self.other, email="Ada <ADA@example.com>")
        self._run_step(self._change(), self._create_order())

        self.assertEqual(self._get_contacts(), contact)
        self.assertEqual(contact.list_ids, self.list | self.other)

    def test_k57_email_of_several_records_is_one_contact(self):
        """Fails with one query per record."""
        orders = self._create_order() | self._create_order()
        executions = self._run_step(self._change(), orders)

        self.assertEqual(len(self._get_contacts()), 1)
        self.assertEqual(sorted(executions.mapped("state")), ["done", "skipped"])

    def test_k57_who_unsubscribed_is_not_subscribed_again(self):
        """Fails without ``opt_out`` in ``_crm_trigger_put_on_list``; also if he has another contact with the email."""
        contact = self._subscribe(opt_out=True)
        self._subscribe(self.other)
        execution = self._run_step(self._change(), self._create_order())

        self.assertSkipped(execution, "unsubscribed")
        self.assertTrue(contact.subscription_ids.opt_out)
        self.assertEqual(self.list.contact_ids, contact)

    def test_k57_who_is_on_it_already_is_left_alone(self):
        self._subscribe()

        self.assertSkipped(self._run_step(self._change(), self._create_order()), "already")

    def test_k57_who_asked_for_no_mail_is_not_put_on_it(self):
        self.env["mail.blacklist"]._add(self.partner.email)

        self.assertSkipped(self._run_step(self._change(), self._create_order()), "blacklist")
        self.assertFalse(self._get_contacts())

    def test_without_an_email_it_is_skipped(self):
        self.partner.email = False

        self.assertSkipped(self._run_step(self._change(), self._create_order()), "no_recipient")

    def test_archived_contact_is_skipped(self):
        order = self._create_order()
        self.partner.active = False

        self.assertSkipped(self._run_step(self._change(), order), "archived")

    def test_lead_nobody_knows_is_put_on_it(self):
        lead = self._create_lead(partner_id=False, contact_name="Eve", email_from="Eve <eve@example.com>").sudo()
        self._rule_on_offer([self._change()])
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual((self._get_contacts("eve@example.com").name, self.list.contact_count), ("Eve", 1))

    # Take off

    def test_k28_who_is_on_the_list_is_taken_off(self):
        contact = self._subscribe()
        execution = self._run_step(self._change("remove"), self._create_order())

        self.assertFalse(contact.list_ids)
        self.assertEqual((execution.state, execution.result_id), ("done", contact.id))

    def test_k28_all_contacts_with_the_email_are_taken_off(self):
        contacts = self._subscribe() | self._subscribe()
        self._run_step(self._change("remove"), self._create_order())

        self.assertFalse(contacts.list_ids)

    def test_k28_list_does_not_forget_who_unsubscribed(self):
        """Else he could be put on it again. Fails without ``filtered`` in ``_crm_trigger_take_off_list``."""
        contact = self._subscribe(opt_out=True)
        execution = self._run_step(self._change("remove"), self._create_order())

        self.assertSkipped(execution, "already")
        self.assertTrue(contact.subscription_ids.opt_out)

    def test_k28_who_is_not_on_it_is_left_alone(self):
        self.assertSkipped(self._run_step(self._change("remove"), self._create_order()), "already")
        self.assertFalse(self._get_contacts())

    # Never twice, many at once

    def test_two_runs_that_meet_do_it_once(self):
        order = self._create_order()
        rule = self._create_scenario([self._change()])
        self._start_two_runs(rule, order)
        self._run_worker()

        self.assertEqual(sorted(self._get_executions(order).mapped("state")), ["done", "skipped"])
        self.assertEqual(len(self._get_contacts()), 1)

    def test_queries_do_not_grow_with_records(self):
        """Promise 3: batches. Fails when contacts are subscribed one by one."""

        def count(number, move):
            partners = self.env["res.partner"].create(
                [{"name": f"P {move} {number} {i}", "email": f"{move}-{number}-{i}@example.com"} for i in range(number)]
            )
            if move == "remove":
                for partner in partners:
                    self._subscribe(email=partner.email)
            rule = self._create_rule(trigger="manual", model="res.partner", steps=[self._change(move)])
            rule.enroll(partners)
            self._new_transaction()
            before = self.env.cr.sql_log_count
            self._run_worker()
            queries = self.env.cr.sql_log_count - before
            self.assertEqual(set(self._get_executions(partners, rule).mapped("state")), {"done"})
            return queries

        for move in ("add", "remove"):
            count(1, move)
            with self.subTest(move):
                self.assertLessEqual(count(40, move) - count(10, move), 3)

    # What cannot work

    def test_list_is_asked_for(self):
        rule = self._create_rule(steps=[self._change(mailing_list_id=False)], activate=False)

        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Mailing list”: Choose the mailing list"):
            rule.action_activate()

    def test_archived_list_is_refused(self):
        rule = self._create_rule(steps=[self._change()], activate=False)
        self.list.active = False

        with self.assertRaisesRegex(UserError, "“Newsletter” is archived: unarchive it"):
            rule.action_activate()

    def test_records_without_contact_are_refused(self):
        with self.assertRaisesRegex(UserError, "have no contact"):
            self._create_rule(steps=[self._change()], model="crm.team", activate=False)

    def test_manager_without_email_marketing_makes_no_such_step(self):
        """Promise 8. Fails without ``check_access`` in ``_check_manager_may``."""
        self.manager.group_ids = [Command.unlink(self.env.ref("mass_mailing.group_mass_mailing_user").id)]

        with self.assertRaises(AccessError):
            self._create_rule(steps=[self._change()])
        self.assertTrue(self._create_rule(), "other steps need no such right")

    def test_step_is_made_on_screen_and_says_what_it_does(self):
        rule = self._create_rule(model="sale.order", activate=False)
        with Form(rule.with_user(self.manager)) as form, form.step_ids.new() as line:
            line.kind = "mailing_list"
            line.mailing_list_id = self.list
        step = rule.step_ids[-1]

        self.assertEqual((step.mailing_list_move, step.phrase), ("add", "add to the mailing list “Newsletter”"))
        step.mailing_list_move = "remove"
        self.assertEqual(step.phrase, "remove from the mailing list “Newsletter”")

    def test_server_action_of_an_administrator(self):
        action = self._create_action("crm_mailing_list", mailing_list_id=self.list.id)
        order = self._create_order()
        action.with_context(active_model="sale.order", active_ids=order.ids, active_id=order.id).run()

        self.assertEqual(self._get_contacts().list_ids, self.list)
