from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .close_case import CloseCase


@tagged("post_install", "-at_install")
class TestStepClose(CloseCase):
    """K33: an event closes the activities it completes: sending the quotation closes “send the quotation”."""

    def test_sending_the_quotation_closes_the_task_of_its_opportunity(self):
        """In the name of its assignee, and no other activity. Fails without ``opportunity`` in ``PLACES``."""
        self._rule_on_sent(close_feedback="It was sent")
        lead = self._create_lead()
        order = self._create_order(opportunity_id=lead.id)
        task, other = self._plan(lead), self._plan(lead, self.todo)

        self._send(order)

        self.assertEqual((task.active, task.feedback, other.active), (False, "It was sent", True))
        message = self.env["mail.message"].browse(self._get_executions(order).result_id)
        self.assertEqual((message.model, message.res_id), ("crm.lead", lead.id))
        self.assertEqual(message.author_id, self.sam.partner_id)
        self.assertIn("It was sent", message.body)

    def test_feedback_is_in_the_language_of_who_had_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        rule = self._rule_on_sent(close_feedback="It was sent")
        rule.step_ids.action_id.with_context(lang="fr_FR").close_feedback = "Il est parti"
        self.sam.lang = "fr_FR"
        order = self._create_order()
        task = self._plan(order)

        self._send(order)

        self.assertEqual(task.feedback, "Il est parti")

    def test_places(self):
        """Where to look is the choice of the step."""
        lead = self._create_lead()
        everywhere = {"record", "opportunity", "contact"}
        for place, expected in (
            ("record", {"record"}),
            ("opportunity", {"opportunity"}),
            ("both", {"record", "opportunity"}),
            ("contact", {"contact"}),
            ("all", everywhere),
        ):
            rule = self._rule_on_sent(close_place=place)
            order = self._create_order(opportunity_id=lead.id)
            tasks = {"record": self._plan(order), "opportunity": self._plan(lead), "contact": self._plan(self.partner)}

            self._send(order)

            with self.subTest(place):
                self.assertEqual({name for name, task in tasks.items() if not task.active}, expected)
            rule.action_draft()

    def test_activity_of_another_company_on_a_shared_contact_stays(self):
        """That of a colleague who works elsewhere, or that a rule of the other company planned for one who works
        in both. Fails without ``_is_crm_trigger_ours``."""
        (self.tom | self.admin).company_ids = [Command.link(self.company_b.id)]
        planned = {**self._task("B's"), "activity_type_id": self.sending.id, "responsible": "user"}
        theirs = self._create_rule(
            "manual",
            [{**planned, "responsible_id": self.tom.id}],
            model="res.partner",
            company_id=self.company_b.id,
            user=self.admin,
        )
        theirs.enroll(self.partner)
        self._run_worker()
        by_rule = self.partner.activity_ids
        self.assertEqual(by_rule.user_id, self.tom)
        for close_as in ("done", "cancel"):
            rule = self._rule_on_sent(close_place="contact", close_as=close_as)
            by_hand = self._plan(self.partner, user=self.zoe)
            ours = self._plan(self.partner, user=self.tom)

            self._send(self._create_order())

            with self.subTest(close_as):
                self.assertTrue(by_hand.exists().active)
                self.assertTrue(by_rule.exists().active)
                self.assertFalse(ours.exists().filtered("active"))
            rule.action_draft()

    def test_only_another_companys_is_nothing_to_do(self):
        self._rule_on_sent(close_place="contact")
        self._plan(self.partner, user=self.zoe)
        order = self._create_order()

        self._send(order)

        self.assertExecutions(order, [("Close", "skipped", "already")])

    def test_cancelled_task_is_gone_without_a_message(self):
        self._rule_on_sent(close_as="cancel")
        lead = self._create_lead()
        order = self._create_order(opportunity_id=lead.id)
        task = self._plan(lead)
        before = lead.sudo().message_ids

        self._send(order)

        self.assertFalse(task.exists())
        self.assertEqual(lead.sudo().message_ids, before)
        line = self._get_executions(order)
        self.assertEqual((line.result_model, line.result_id), ("crm.lead", lead.id))

    def test_nothing_to_close_is_said(self):
        self._rule_on_sent()
        order = self._create_order()

        self._send(order)

        self.assertExecutions(order, [("Close", "skipped", "already")])

    def test_retried_run_marks_nothing_twice(self):
        """Done by hand meanwhile, or by a first try: one message."""
        rule = self._rule_on_sent()
        order = self._create_order()
        task = self._plan(order)
        self._send(order)
        before = order.sudo().message_ids

        line = self._get_executions(order)
        line.sudo().write({"state": "error"})
        line.sudo().action_retry()
        self._run_worker()

        self.assertFalse(task.active)
        self.assertEqual(order.sudo().message_ids, before)
        self.assertExecutions(order, [("Close", "skipped", "already")])
        self.assertEqual(rule.state, "live")

    def test_next_activity_of_the_type_is_planned(self):
        """As if a person had ticked it off."""
        self.sending.write({"chaining_type": "trigger", "triggered_next_type_id": self.todo.id})
        self._rule_on_sent()
        order = self._create_order()
        self._plan(order)

        self._send(order)

        self.assertEqual(order.sudo().activity_ids.activity_type_id, self.todo)

    def test_quotations_of_two_people_are_closed_by_each(self):
        self._rule_on_sent()
        lead = self._create_lead()
        mine, his = self._create_order(), self._create_order(opportunity_id=lead.id)
        self._plan(mine)
        self._plan(lead, user=self.manager)

        self._send(mine + his)

        authors = self.env["mail.message"].browse(self._get_executions(mine + his).mapped("result_id")).author_id
        self.assertEqual(authors, (self.sam | self.manager).partner_id)

    def test_looking_for_them_takes_no_query_per_record(self):
        """Fails with a search per record in ``_crm_trigger_close``."""
        self._rule_on_offer([self._close(close_as="cancel")])
        counts = []
        for count in (2, 10, 40):
            leads = self._create_leads(count)
            for lead in leads:
                self._plan(lead)
            self._drag(leads, self.stage_offer)
            before = self.env.cr.sql_log_count
            self._run_worker()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertFalse(leads.sudo().activity_ids)

        self.assertEqual(counts[1], counts[2])

    def test_server_action_closes_as_well(self):
        """The same from a menu or an automation rule of Odoo's."""
        lead = self._create_lead()
        task = self._plan(lead)
        action = self.env["ir.actions.server"].create(
            {
                "name": "Close",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "crm_trigger_close",
                "close_type_ids": [Command.set(self.sending.ids)],
            }
        )

        action.with_context(active_model="crm.lead", active_ids=lead.ids).run()

        self.assertFalse(task.active)

    # Bad input

    def test_step_without_a_type_is_refused(self):
        with self.assertRaisesRegex(UserError, "Rule “Rule”, step “Close”: choose which activities"):
            self._rule_on_offer([self._close(close_type_ids=[])])

    def test_place_that_such_records_do_not_have_is_refused(self):
        """A contact has no opportunity of its own."""
        with self.assertRaisesRegex(UserError, "step “Close”: these records have no"):
            self._create_rule("manual", [self._close(close_place="opportunity")], model="res.partner")

    def test_type_that_a_step_closes_is_not_deleted(self):
        """Fails without ``close`` in ``_unlink_unless_used_by_steps``."""
        own = self.sending.copy()
        self._rule_on_offer([self._close(close_type_ids=[Command.set(own.ids)])])

        with self.assertRaisesRegex(UserError, "rule “Rule”, step “Close”"):
            own.unlink()

    # On screen

    def test_form_offers_it_with_what_is_usual(self):
        rule = self._create_rule("manual", activate=False).with_user(self.manager)

        with Form(rule) as form, form.step_ids.new() as step:
            step.kind = "close"
            step.name = "Close"
            self.assertEqual((step.close_place, step.close_as), ("both", "done"))
            step.close_type_ids.add(self.sending)
            self.assertEqual(step.phrase, "mark the activities as done (Send the quotation)")

        self.assertEqual(rule.sudo().step_ids[-1:].close_type_ids, self.sending)

    def test_copy_keeps_what_it_closes(self):
        rule = self._rule_on_offer([self._close(close_as="cancel", close_place="all")])

        copy = rule.with_user(self.manager).copy().sudo().step_ids

        self.assertEqual((copy.close_type_ids, copy.close_as, copy.close_place), (self.sending, "cancel", "all"))
        self.assertEqual(copy.phrase, "cancel the activities (Send the quotation)")
