from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestSavepoints(CrmTriggersCommon):
    """What counts is the net change at the commit, whatever savepoints flush in between."""

    def _flush(self):
        """Do what each savepoint does, around the smallest thing."""
        with self.env.cr.savepoint():
            pass

    def _undo(self, change):
        """Do something within a savepoint that is rolled back."""
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            change()
            self._flush()
            raise ZeroDivisionError

    # New records

    def test_created_meets_the_conditions_after_a_savepoint(self):
        """Fails when what was captured is forgotten at the first flush: created then, it did not meet them."""
        self._create_rule("create", filter_domain=[("priority", "=", "3")])
        lead = self.env["crm.lead"].create({"name": "b", "type": "opportunity"})
        self._flush()
        lead.priority = "3"
        self._new_transaction()
        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_created_meets_the_conditions_at_a_savepoint_only(self):
        self._create_rule("create", filter_domain=[("priority", "=", "3")])
        lead = self.env["crm.lead"].create({"name": "b", "type": "opportunity", "priority": "3"})
        self._flush()
        lead.priority = "0"
        self._new_transaction()
        self.assertFalse(self._get_runs(lead))

    def test_created_and_moved_on_is_one_happening(self):
        """A record born matching starts to match, once, however often it is flushed."""
        self._rule_on_offer()
        self._create_rule("create", steps=[self._task("New")])
        lead = self.env["crm.lead"].create({"name": "b", "type": "opportunity", "stage_id": self.stage_offer.id})
        for priority in "123":
            lead.priority = priority
            self._flush()
        self._new_transaction()
        self.assertEqual(sorted(self._get_executions(lead).mapped("step_name")), ["Call", "New"])

    # There and back

    def test_there_and_back_leaves_no_trace(self):
        self._rule_on_offer()
        lead = self._create_lead()
        for stage in (self.stage_offer, self.stage_new):
            lead.stage_id = stage
            self._flush()
        self._new_transaction()
        self.assertFalse(self._get_runs(lead))

    def test_away_and_back_keeps_the_plan(self):
        self._rule_on_offer([self._task(delay_count=3)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        planned = self._get_executions(lead)
        for stage in (self.stage_new, self.stage_offer):
            lead.stage_id = stage
            self._flush()
        self._new_transaction()
        self.assertEqual(self._get_executions(lead), planned)
        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_away_and_back_keeps_the_plan_of_what_fires_once(self):
        """Fails when the key that a stop gives back is not taken again."""
        self._rule_on_offer([self._task(delay_count=3)], reentry="once")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        for stage in (self.stage_new, self.stage_offer):
            lead.stage_id = stage
            self._flush()
        self._new_transaction()
        self.assertEqual(self._get_runs(lead).mapped("occurrence"), ["once"])
        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_stop_when_reached_in_passing_stops_nothing(self):
        self._rule_on_offer([self._task(delay_count=3)], stop_domain=[("priority", "=", "2")])
        lead = self._create_lead()
        lead.stage_id = self.stage_offer
        with self.env.cr.savepoint():
            lead.priority = "2"
        lead.priority = "0"
        self._new_transaction()
        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_stop_when_reached_in_passing_leaves_an_older_plan(self):
        self._rule_on_offer([self._task(delay_count=3)], stop_domain=[("priority", "=", "2")])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        with self.env.cr.savepoint():
            lead.priority = "2"
        lead.priority = "0"
        self._new_transaction()
        self.assertEqual(self._get_runs(lead).mapped("state"), ["running"])
        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_stop_when_reached_at_last_stops(self):
        self._rule_on_offer([self._task(delay_count=3)], stop_domain=[("priority", "=", "2")])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        for priority in ("2", "0", "2"):
            lead.priority = priority
            self._flush()
        self._new_transaction()
        self.assertStopped(lead, "stop_domain")

    def test_date_there_away_and_there_again(self):
        rule = self._create_rule(
            "date", [self._task(delay_count=3)], date="date_deadline", trg_date_range=30, trg_date_range_mode="before"
        )
        lead = self._create_lead()
        for date in ("2026-02-05", False, "2026-02-05"):
            lead.date_deadline = date
            self._flush()
        self._new_transaction()
        self.assertEqual(self._get_runs(lead).mapped(lambda run: (run.rule_id, run.state)), [(rule, "running")])
        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_seen_by_the_clock_is_the_net_change_as_well(self):
        """A rule that the clock checks too: fails when the records stored as seen are not reverted."""
        self.partner.country_id = self.env.ref("base.fr")
        domain = [("stage_id", "=", self.stage_offer.id), ("partner_id.country_id.code", "=", "FR")]
        self._create_rule(filter_domain=domain)
        lead = self._create_lead()
        for stage in (self.stage_offer, self.stage_new):
            lead.stage_id = stage
            self._flush()
        self._new_transaction()
        self.assertFalse(self._get_runs(lead))
        for stage in (self.stage_offer, self.stage_later, self.stage_offer):
            lead.stage_id = stage
            self._flush()
        self._new_transaction()
        self.assertExecutions(lead, [("Call", "scheduled")])
        self._run_sweep()
        self.assertEqual(len(self._get_runs(lead)), 1)

    def test_tags_given_and_taken(self):
        tag = self.env["crm.tag"].create({"name": "Hot"})
        self._create_rule(filter_domain=[("tag_ids", "in", tag.ids)])
        lead = self._create_lead()
        for tags in (tag, tag.browse()):
            lead.tag_ids = tags
            self._flush()
        self._new_transaction()
        self.assertFalse(self._get_runs(lead))

    # Savepoints that are rolled back

    def test_undone_change_changes_nothing(self):
        self._rule_on_offer()
        lead = self._create_lead()
        self._undo(lambda: lead.write({"stage_id": self.stage_offer.id}))
        lead.priority = "1"
        self._new_transaction()
        self.assertFalse(self._get_runs(lead))

    def test_undone_leaving_leaves_the_start_before_it(self):
        """Fails when what a decision wrote is forgotten as soon as it was taken back once."""
        self._rule_on_offer()
        lead = self._create_lead()
        lead.stage_id = self.stage_offer
        self._flush()
        self._undo(lambda: lead.write({"stage_id": self.stage_new.id}))
        self.assertExecutions(lead, [("Call", "scheduled")])
        lead.stage_id = self.stage_new
        self._new_transaction()
        self.assertFalse(self._get_runs(lead))

    def test_undone_stop_stops_nothing(self):
        self._rule_on_offer([self._task(delay_count=3)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._undo(lambda: lead.write({"stage_id": self.stage_new.id}))
        lead.priority = "1"
        self._new_transaction()
        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_undone_creation(self):
        self._create_rule("create")
        found = []
        self._undo(lambda: found.append(self.env["crm.lead"].create({"name": "b", "type": "opportunity"})))
        self._new_transaction()
        self.assertFalse(self._get_runs(found[0]))

    def test_stopped_by_hand_in_between_stays_stopped(self):
        """Another transaction's change of a run is not reverted. Fails without ``_is_as_left``."""
        self._rule_on_offer([self._task(delay_count=3)])
        lead = self._create_lead()
        lead.stage_id = self.stage_offer
        self._flush()
        self._get_runs(lead).action_stop()
        lead.priority = "1"
        lead.stage_id = self.stage_later
        self._flush()
        lead.stage_id = self.stage_offer
        self._new_transaction()
        self.assertStopped(lead, "manual")

    # Ways in

    def test_import_row_by_row_decides_on_what_the_rows_are_at_the_end(self):
        """Odoo's import opens savepoints, and imports row by row when one of them fails."""
        self._rule_on_offer()
        self._create_rule("create", steps=[self._task("New")])
        fields = ["name", "type", "stage_id/.id"]
        rows = [[f"Row {i}", "opportunity", str(self.stage_offer.id)] for i in range(3)]
        result = self.env["crm.lead"].load(fields, rows)
        self._new_transaction()
        leads = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(len(leads), 3)
        self.assertEqual(len(self._get_runs(leads)), 6)

    def test_import_that_fails_starts_nothing(self):
        self._create_rule("create")
        before = self.env["crm.trigger.run"].search_count([])
        rows = [["Good", "opportunity"], ["Bad", "no such type"]]
        self.assertFalse(self.env["crm.lead"].load(["name", "type"], rows)["ids"])
        self._new_transaction()
        self.assertEqual(self.env["crm.trigger.run"].search_count([]), before)

    def test_step_that_goes_there_and_back_starts_no_other_rule(self):
        """The worker acts within a savepoint, and each write of a step may flush in another one."""
        self._create_rule(filter_domain=[("priority", "=", "2")])
        code = "record['priority'] = '2'\nrecord._cr.flush()\nrecord['priority'] = '0'"
        self._rule_on_offer([self._code(code.replace("record._cr.flush()", "record.env.cr.flush()"))], user=self.admin)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self.assertExecutions(lead, [("Code", "done")])

    def test_many_savepoints_cost_no_more_each(self):
        """An import of ten thousand rows, each in a savepoint. Fails when all that changed so far is decided anew."""
        self._rule_on_offer()
        counts = []
        for number in (5, 50):
            leads = self._create_leads(number)
            for lead in leads:
                lead.stage_id = self.stage_offer
                before = self.env.cr.sql_log_count
                self._flush()
            counts.append(self.env.cr.sql_log_count - before)
            self._new_transaction()
        self.assertLessEqual(counts[1], counts[0])

    # What happens

    def test_happening_is_decided_on_the_record_as_it_is_at_the_end(self):
        self._create_rule("happening", happening="activity_planned", filter_domain=[("priority", "=", "3")])
        lead = self._create_lead()
        lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.sam.id)
        self._flush()
        lead.priority = "3"
        self._new_transaction()
        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_happening_of_a_record_that_does_not_meet_the_conditions_at_the_end(self):
        self._create_rule("happening", happening="activity_planned", filter_domain=[("priority", "=", "3")])
        lead = self._create_lead(priority="3")
        lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.sam.id)
        self._flush()
        lead.priority = "0"
        self._new_transaction()
        self.assertFalse(self._get_runs(lead))

    def test_happening_that_was_undone_did_not_happen(self):
        """Fails without ``_GET_FLUSHES``."""
        self._create_rule("happening", happening="activity_planned", filter_domain=[("priority", "=", "3")])
        lead = self._create_lead()
        self._undo(lambda: lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.sam.id))
        lead.priority = "3"
        self._new_transaction()
        self.assertFalse(self._get_runs(lead))
