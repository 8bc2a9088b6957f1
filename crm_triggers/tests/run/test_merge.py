from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestMerge(CrmTriggersCommon):
    """Merged records take their plans along."""

    def _merge_contacts(self, survivor, *others):
        """Merge contacts as the wizard of Odoo does."""
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.admin)
        wizard.with_env(self.env(user=self.admin))._merge([survivor.id, *(other.id for other in others)], survivor)
        self._new_transaction()

    def test_plan_of_a_merged_lead_goes_on_with_the_survivor(self):
        """Fails without ``_merge_dependences``."""
        scenario = self._create_rule("manual", [self._task(delay_count=3)])
        head, tail = self._create_lead(probability=90), self._create_lead(probability=10)
        scenario.enroll(tail)

        survivor = (head | tail).merge_opportunity()
        self._new_transaction()
        self._run_until("2026-02-10 09:00")

        self.assertEqual(survivor, head)
        self.assertExecutions(survivor, [("Call", "done")])
        self.assertEqual(len(survivor.activity_ids), 1)

    def test_rule_running_on_both_is_not_doubled(self):
        self._rule_on_offer([self._task(delay_count=3)])
        leads = self._create_leads(2)
        self._drag(leads, self.stage_offer)

        survivor = leads.merge_opportunity()
        self._new_transaction()
        self._run_until("2026-02-10 09:00")

        self.assertEqual(len(survivor.activity_ids), 1)
        self.assertEqual(sorted(self.env["crm.trigger.run"].search([]).mapped("state")), ["done", "stopped"])

    def test_date_that_one_of_them_had_does_not_come_back_for_the_other(self):
        """The survivor had left before anything was done. Fails without ``_get_settled_by``."""
        self._create_rule(
            "date", date="date_deadline", trg_date_range=5, filter_domain=[("stage_id", "!=", self.stage_later.id)]
        )
        head, tail = self._create_lead(probability=90), self._create_lead(probability=10)
        head.action_crm_trigger_pause()
        (head | tail).date_deadline = "2026-02-06"
        self._new_transaction()
        self._run_worker()
        self.assertExecutions(tail, [("Call", "done")])
        self.assertStopped(head, "record_paused")

        survivor = (head | tail).merge_opportunity()
        survivor.action_crm_trigger_resume()
        self._run_until("2026-02-03 09:00")
        self._drag(survivor, self.stage_later)
        self._drag(survivor, self.stage_offer)
        self._run_until("2026-02-03 10:00")

        self.assertEqual(survivor, head)
        self.assertExecutions(survivor, [])

    def test_plan_of_a_merged_contact_goes_on_with_the_survivor(self):
        """Fails without ``_update_reference_fields``: the plan ended with the contact."""
        scenario = self._create_rule("manual", [self._task(delay_count=3)], model="res.partner")
        head, tail = self.env["res.partner"].create([{"name": "Ada L.", "email": "ada@example.com"}] * 2)
        run = scenario.enroll(tail)
        self._new_transaction()

        self._merge_contacts(head, tail)
        self._run_until("2026-02-10 09:00")

        self.assertFalse(tail.exists())
        self.assertEqual((run.res_id, run.partner_id), (head.id, head))
        self.assertExecutions(head, [("Call", "done")])
        self.assertEqual(len(head.activity_ids), 1)

    def test_rule_running_on_merged_contacts_is_not_doubled(self):
        scenario = self._create_rule("manual", [self._task(delay_count=3)], model="res.partner")
        partners = self.env["res.partner"].create([{"name": "Ada L.", "email": "ada@example.com"}] * 3)
        runs = scenario.enroll(partners)
        self._new_transaction()

        self._merge_contacts(*partners)
        self._run_until("2026-02-10 09:00")

        self.assertEqual(len(partners[0].activity_ids), 1)
        self.assertEqual(sorted(runs.mapped("state")), ["done", "stopped", "stopped"])
        self.assertEqual(set(runs.mapped("stop_reason")), {False, "merged"})

    def test_plan_of_a_record_follows_its_merged_contact(self):
        """The mail goes to the remaining contact."""
        self._rule_on_offer([self._mail(self._create_template(), delay_count=1)])
        head, tail = self.env["res.partner"].create([{"name": "Ada L.", "email": "ada.l@example.com"}] * 2)
        lead = self._create_lead(partner_id=tail.id)
        self._drag(lead, self.stage_offer)

        self._merge_contacts(head, tail)
        self._run_until("2026-02-10 09:00")

        self.assertExecutions(lead, [("Mail", "done")])
        self.assertEqual(self._get_runs(lead).partner_id, head)
        self.assertEqual(self._get_executions(lead).partner_id, head)

    def test_what_happened_once_to_a_merged_record_happened_to_the_survivor(self):
        """Promise 1: no second welcome. Fails when only running runs are moved."""
        welcome = self._create_rule(
            model="res.partner", reentry="once", filter_domain=[("ref", "=", "customer")], name="Welcome"
        )
        head, tail = self.env["res.partner"].create([{"name": "Ada L.", "email": "ada@example.com"}] * 2)
        self._new_transaction()
        tail.ref = "customer"
        self._run_worker()
        self.assertEqual(welcome.run_ids.state, "done")

        self._merge_contacts(head, tail)
        head.ref = "customer"
        self._run_worker()

        self.assertEqual(len(welcome.run_ids), 1)
        self.assertExecutions(head, [("Call", "done")])

    def test_survivor_and_merged_records_of_other_contacts_keep_theirs(self):
        scenario = self._create_rule("manual", [self._task(delay_count=3)], model="res.partner")
        head, tail, other = self.env["res.partner"].create([{"name": "Ada L.", "email": "ada@example.com"}] * 3)
        scenario.enroll(head | other)

        self._merge_contacts(head, tail)

        self.assertExecutions(other, [("Call", "scheduled")])
        self.assertExecutions(head, [("Call", "scheduled")])

    def test_merged_lead_takes_nobody_s_place_under_a_limit(self):
        """Promise 2. Fails without ``pace_key`` in ``_move_to``: the next run of the contact it had was
        dropped, and left no line."""
        self._create_rule("create", [self._task(delay_count=3)], limit_count=5)
        bob = self.env["res.partner"].create({"name": "Bob"})
        head = self._create_lead(partner_id=bob.id, probability=90)
        self._create_lead()
        tail = self._create_lead(probability=10)
        self._get_runs(head)._stop("manual")

        self.assertEqual((head | tail).merge_opportunity(), head)
        self._new_transaction()
        lead = self._create_lead()

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_plan_that_a_worker_held_during_the_merge_follows_its_run(self):
        """Who merges does not wait for a worker, and passes over what it holds; the worker meets the
        moved run and begins afresh. Fails without ``_follow_runs``."""
        scenario = self._create_rule("manual", [self._task(delay_count=3)])
        head, tail = self._create_lead(probability=90), self._create_lead(probability=10)
        execution = scenario.enroll(tail).execution_ids
        passed_over = tail.id
        (head | tail).merge_opportunity()
        self._new_transaction()
        execution._mark({"res_id": passed_over})

        self._run_until("2026-02-10 09:00")

        self.assertExecutions(head, [("Call", "done")])
        self.assertEqual(len(head.activity_ids), 1)
