from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTimeline(CrmTriggersCommon):
    """What a salesperson sees of rules on a record (promise 5)."""

    def _tell(self, lead, user=None):
        self.env.flush_all()
        return lead.with_user(user or self.sam).crm_trigger_timeline()

    def test_done_planned_and_what_follows(self):
        """Done with a link to what was made, planned with its time, and the steps ahead."""
        steps = [self._task(sequence=1), self._note(sequence=2, delay_count=3), self._task("Visit", sequence=3)]
        self._rule_on_offer(steps, name="Follow up")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()

        told = self._tell(lead)

        (planned,), (past,) = told["planned"], told["past"]
        self.assertEqual((planned["rule"], planned["why"], planned["ahead"]), ("Follow up", "By Sam", ["Visit"]))
        self.assertEqual([(line["name"], line["at"]) for line in planned["lines"]], [("Note", "2026-02-05 09:00:00")])
        done = past["lines"][0]
        self.assertEqual((done["state"], done["result"]["id"]), ("done", lead.activity_ids.id))
        self.assertEqual((done["result"]["model"], done["result"]["name"]), ("mail.activity", "Call"))
        self.assertEqual((told["can_act"], told["paused"]), (True, False))

    def test_what_happened_and_what_was_made_have_words(self):
        """Of nobody's doing and without a subject: the kind is named. Fails without ``_get_trigger_label``
        and without ``ir.model`` in ``_get_result_names``."""
        close = {"kind": "close", "name": "Close", "close_type_ids": [Command.link(self.todo.id)]}
        self._create_rule("happening", [close], happening="message_received", exclude_internal=False)
        lead = self._create_lead().sudo()
        lead.activity_schedule(activity_type_id=self.todo.id, user_id=self.sam.id)
        self._new_transaction()
        values = {"message_type": "email", "subtype_xmlid": "mail.mt_comment", "author_id": self.partner.id}
        lead.with_user(SUPERUSER_ID).message_post(body="Yes", **values)
        self._run_worker()

        (run,) = self._tell(lead)["past"]

        self.assertEqual((run["why"], run["lines"][0]["result"]["name"]), ("A message is received", "Message"))

    def test_why_it_was_skipped_or_stopped(self):
        self._rule_on_offer([self._task(filter_domain="[('expected_revenue', '>', 1000)]"), self._note(delay_count=1)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._drag(lead, self.stage_new)

        (run,) = self._tell(lead)["past"]

        self.assertEqual(run["reason"], "The record no longer meets the conditions")
        self.assertEqual(
            [(line["state"], line["reason"]) for line in run["lines"]],
            [("skipped", "The condition of the step is not met"), ("cancel", "")],
        )

    def test_newest_first_and_the_furthest_plan_above(self):
        near = self._rule_on_offer([self._task(delay_count=1)], name="Near")
        far = self._rule_on_offer([self._task(delay_count=9)], name="Far")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._drag(lead, self.stage_new)
        self._drag(lead, self.stage_offer)
        told = self._tell(lead)
        self.assertEqual([run["rule_id"] for run in told["planned"]], [far.id, near.id])
        ids = [run["id"] for run in told["past"]]
        self.assertEqual((len(ids), ids), (2, sorted(ids, reverse=True)))

    def test_who_paused_it(self):
        lead = self._create_lead()
        lead.action_crm_trigger_pause()
        self.assertEqual(self._tell(lead)["paused"]["who"], "Sam")

    def test_what_started_it(self):
        self._create_rule("date", date="date_deadline", trg_date_range=0, name="Closing")
        self._create_rule(
            filter_domain=[("priority", "=", "2")], steps=[self._update("stage_id", self.stage_offer.id)], name="Hot"
        )
        self._rule_on_offer(name="Offer")
        lead = self._create_lead(date_deadline="2026-02-03")
        lead.priority = "2"
        self._run_until("2026-02-03 09:00:00")
        why = {run["rule"]: run["why"] for run in self._tell(lead)["past"]}
        self.assertEqual(
            why, {"Closing": "Expected Closing: 02/03/2026", "Hot": "By Sam", "Offer": "By the rule “Hot”"}
        )

    def test_what_a_visitor_started_is_told_by_its_event(self):
        """Nobody's name is "Public user". Fails without ``_is_public`` in ``_get_run_origin``."""
        self._rule_on_offer(name="Offer")
        lead = self._create_lead()
        lead.with_user(self.env.ref("base.public_user")).sudo().stage_id = self.stage_offer
        self._new_transaction()
        self._run_worker()
        run = self._get_executions(lead).run_id
        self.assertEqual(run.user_id, self.env.ref("base.public_user"))
        self.assertEqual(self._tell(lead)["past"][0]["why"], run.rule_id._get_trigger_label())
        preset = self.env["crm.trigger.preset"].search([("value_model", "=", False)], limit=1)
        self.patch(type(run.rule_id), "_is_as_preset", lambda rule: True)
        run.rule_id.sudo().preset_id = preset
        self.assertEqual(self._tell(lead)["past"][0]["why"], preset.name)

    def test_only_who_may_read_the_record(self):
        """Promise 8."""
        with self.assertRaises(AccessError):
            self._tell(self._create_lead(), self.zoe)

    def test_what_one_may_not_open_is_no_link(self):
        """Promise 8. Fails without ``_filtered_access`` in ``_get_result_names``."""
        rule = self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        secret = self.env["res.partner"].create({"name": "Lyon", "company_id": self.company_b.id})
        self._get_executions(lead, rule).write({"result_model": "res.partner", "result_id": secret.id})
        self.assertFalse(self._tell(lead)["past"][0]["lines"][0]["result"])

    def test_same_number_of_queries_for_2_and_200(self):
        """Fails with a search per run."""
        self._rule_on_offer([self._task(), self._note(sequence=11, delay_count=1)], keep_matching=False)
        few, many = self._create_lead(), self._create_lead()
        for lead, times in ((few, 1), (many, 99)):
            for _time in range(times):
                self._drag(lead, self.stage_offer)
                self._drag(lead, self.stage_new)
        self._run_worker()
        counts = []
        for lead in (few, few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            told = self._tell(lead)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(told["planned"]), 99)
        self.assertEqual(counts[2], counts[1], counts)
