from unittest.mock import patch

from odoo.addons.crm_triggers.models.queue import worker
from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..common import CrmTriggersCommon

MOST_QUERIES = 6  # that a rule adds to the save which starts it
_COSTLY = ("enable_seqscan", "enable_sort", "enable_bitmapscan")


@tagged("post_install", "-at_install")
class TestPerformance(CrmTriggersCommon, MailCase):
    """Query budgets: the cost of rules for a save, and for the worker."""

    def _count(self, action):
        """Return how many queries an action and its commit take, once caches are warm."""
        action(0)
        self.env.cr.flush()
        before = self.env.cr.sql_log_count
        action(1)
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def _count_drag(self, leads):
        stages = (self.stage_later, self.stage_offer)
        return self._count(lambda turn: leads.write({"stage_id": stages[turn].id}))

    def _count_worker(self, count):
        """Return how many queries the worker takes for what a rule does on that many leads."""
        self._drag(self._create_leads(count), self.stage_offer)
        before = self.env.cr.sql_log_count
        self._run_worker()
        return self.env.cr.sql_log_count - before

    def test_write_of_a_field_no_rule_looks_at_costs_nothing(self):
        """Promise 3: fails without ``intersection`` in ``base._write_multi``."""
        lead = self._create_lead()
        without = self._count(lambda turn: lead.write({"name": f"Name {turn}"}))
        for _i in range(20):
            self._rule_on_offer()

        self.assertEqual(self._count(lambda turn: lead.write({"name": f"Other {turn}"})), without)

    def test_write_on_a_model_without_rules_costs_nothing(self):
        without = self._count(lambda turn: self.partner.write({"city": f"City {turn}"}))
        self._rule_on_offer()

        self.assertEqual(self._count(lambda turn: self.partner.write({"city": f"Town {turn}"})), without)

    def test_stage_of_100_leads_no_rule_waits_for_costs_a_look(self):
        """The index of pinned values. Fails without ``candidates`` in ``OneRule``."""
        leads = self._create_leads(100).with_context(tracking_disable=True)
        without = self._count_drag(leads)
        for _i in range(10):
            self._create_rule(filter_domain=[("stage_id", "=", self.stage_new.id)])

        self.assertLessEqual(self._count_drag(leads) - without, 5)

    def test_stage_of_100_leads_a_rule_waits_for_costs_no_query_per_lead(self):
        """Fails when a run is inserted by ``create`` in a loop."""
        self._rule_on_offer()
        batches = [self._create_leads(n).with_context(tracking_disable=True) for n in (30, 30, 100)]
        _warm, count_few, count_many = map(self._count_drag, batches)

        self.assertEqual([len(self._get_runs(leads)) for leads in batches], [30, 30, 100])
        self.assertEqual(count_many, count_few)
        self.assertLess(count_many, 30)

    def _count_save(self, lead):
        """Return how many queries a card's save takes with its commit, in a request of its own."""
        self._new_transaction()
        before = self.env.cr.sql_log_count
        lead.write({"stage_id": self.stage_offer.id})
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_save_that_starts_a_run_costs_few_queries(self):
        """Columns read before and after, run and step written, one savepoint. Fails without ``_fill_cache`` in
        ``_decide_on``, ``tree`` in ``_get_watcher``, ``_insert_new`` or ``_insert_cache`` in ``_start``."""
        leads = self._create_leads(4).with_context(tracking_disable=True)
        self._count_save(leads[0])
        without = self._count_save(leads[1])
        self._rule_on_offer([self._task(delay_count=1)])
        self._count_save(leads[2])

        self.assertLessEqual(self._count_save(leads[3]) - without, MOST_QUERIES)
        self.assertExecutions(leads[3], [("Call", "scheduled")])

    def test_sentences_of_many_rules_take_no_query_per_rule(self):
        """The kanban of rules. Fails when ``_describe_values`` looks for the records itself."""
        counts = []
        for count in (2, 20):
            rules = self.env["crm.trigger.rule"].concat(*(self._rule_on_offer() for _i in range(count)))
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertIn(self.stage_offer.name, rules.mapped("sentence")[-1])
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(counts[0], counts[1])

    def test_worker_takes_no_query_per_record_of_a_batch(self):
        """Promise 3: grouped by step. Fails when ``_carry_out`` acts one by one."""
        self._rule_on_offer()
        self._count_worker(1)

        self.assertEqual(self._count_worker(40), self._count_worker(10))

    def test_worker_on_100_tasks_is_bounded(self):
        self._rule_on_offer()
        self._count_worker(1)

        self.assertLess(self._count_worker(100), 100)

    def test_worker_plans_500_tasks_by_one_create(self):
        """Fails with ``BATCH = 50``."""
        self._rule_on_offer()
        self._count_worker(1)
        model, calls = self.env.registry["mail.activity"], []
        create_origin = model.create

        def create(records, vals_list):
            calls.append(len(vals_list))
            return create_origin(records, vals_list)

        with patch.object(model, "create", create):
            count = self._count_worker(500)

        self.assertEqual(calls, [500])
        self.assertLess(count, 120)

    def test_worker_queues_500_mails_by_batches(self):
        """Less than a query per mail, half of them Odoo's own. Fails with ``send_mail``."""
        self._rule_on_offer([self._mail(self._create_template())])
        self._count_worker(1)

        with self.mock_mail_gateway():
            count = self._count_worker(500)

        self.assertEqual(len(self._new_mails), 500)
        self.assertLess(count, 600)

    def _get_batches(self, leads, seconds):
        """Return how many executions the worker takes at once, when each of them takes so long."""
        step_class, batches = self.env.registry["crm.trigger.step"], []
        act_origin = step_class._act

        def act(step, executions):
            batches.append(len(executions))
            self.clock.tick(seconds * len(executions))
            return act_origin(step, executions)

        self._drag(leads, self.stage_offer)
        in_one_part = patch.multiple(worker, FIRST_PART=500, PART_SECONDS=1e6)
        with in_one_part, patch.object(step_class, "_act", act):
            self._run_worker()
        return batches

    def test_worker_takes_more_at_once_of_what_is_quick(self):
        """Fails without ``_time_batch``."""
        self._rule_on_offer([self._code("record['referred'] = 'x'")], user=self.admin)

        self.assertEqual(self._get_batches(self._create_leads(330), 0.01), [50, 280])

    def test_worker_takes_few_at_once_of_what_is_slow(self):
        """A batch has to end well before the worker's time limit. Fails with ``QUICK_SECONDS = 100``."""
        self._rule_on_offer([self._code("record['referred'] = 'x'")], user=self.admin)

        self.assertEqual(self._get_batches(self._create_leads(120), 0.05), [50, 50, 20])

    def test_what_was_passed_over_does_not_count_as_quick(self):
        """The next batch would be ten times as big, and nobody timed it. Fails without ``done`` in ``_time_batch``."""
        wanted = str([("priority", "=", "3")])
        self._rule_on_offer([self._code("record['referred'] = 'x'", filter_domain=wanted)], user=self.admin)
        leads = self._create_leads(50, priority="0") + self._create_leads(70, priority="3")

        self.assertEqual(self._get_batches(leads, 0.05), [50, 20])

    def test_worker_leaves_notes_by_batches_and_rings_for_each(self):
        """Ringing costs Odoo about five queries each. Fails with ``message_post``: about twelve."""
        self.sam.notification_type = "inbox"
        self._rule_on_offer([self._note()])
        few = self._count_worker(10)

        self.assertLess(self._count_worker(40) - few, 30 * 7)

    def test_worker_finds_the_bad_record_of_a_batch_by_halves(self):
        """Of 40, in two tries per halving, not in 41. Fails when a failed batch is done one by one."""
        code = "record['referred'] = 'x'\nif record.name == 'Lead 39': raise UserError('Bad')"
        self._rule_on_offer([self._code(code)], user=self.admin)
        step_class, tries = self.env.registry["crm.trigger.step"], []
        act_origin = step_class._act

        def act(step, executions):
            tries.append(len(executions))
            return act_origin(step, executions)

        with patch.object(step_class, "_act", act), mute_logger("odoo.addons.crm_triggers.models.isolation"):
            self._count_worker(40)

        self.assertLess(len(tries), 14, tries)

    def _explain(self, query):
        """Return how PostgreSQL carries a query out when it sorts and reads whole tables only if it must."""
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("SELECT set_config(name, 'off', true) FROM pg_settings WHERE name IN %s", [_COSTLY])
            lines = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
            savepoint.rollback()
        return "\n".join(line for (line,) in lines)

    def test_list_of_the_log_is_read_in_the_order_of_an_index(self):
        """Of a million lines, 80 are read. Fails without ``_planned`` on ``crm.trigger.execution``."""
        log = self.env["crm.trigger.execution"].with_user(self.sam)

        plan = self._explain(log._search([], order=log._order, limit=80))

        self.assertIn("crm_trigger_execution_planned", plan)
        # Those of one moment are put in order by number, and no others.
        self.assertNotRegex(plan, r"(?<!Incremental )Sort  \(")

    def test_errors_in_the_log_are_found_by_an_index(self):
        """Fails without ``_failed`` on ``crm.trigger.execution``."""
        log = self.env["crm.trigger.execution"].with_user(self.sam)

        plan = self._explain(log._search([("state", "=", "error")], order=log._order, limit=80))

        self.assertIn("crm_trigger_execution_failed", plan)

    def test_lines_of_one_record_are_shown_without_reading_all_records(self):
        """The button of a form. Fails with ``Domain("res_id", "in", …)`` in ``_get_readable_domain``."""
        leads = self._create_leads(200)
        self._rule_on_offer()
        self._drag(leads, self.stage_offer)
        self.env.cr.execute("ANALYZE crm_lead, crm_trigger_execution")
        log = self.env["crm.trigger.execution"].with_user(self.sam)

        plan = self._explain(log._search([("res_model", "=", "crm.lead"), ("res_id", "=", leads[0].id)]))

        self.assertIn("Index Cond: (id = crm_trigger_execution.res_id)", plan.replace("crm_lead.", ""))

    def test_sweep_with_nothing_due_loads_no_record(self):
        """Fails when due dates are computed in Python."""
        self._create_rule("date", date="date_deadline", trg_date_range=30)
        counts = []
        for count in (1, 100):
            self._create_leads(count, date_deadline="2026-06-01")
            self._run_sweep()
            before = self.env.cr.sql_log_count
            self._run_sweep()
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(counts[0], counts[1])
