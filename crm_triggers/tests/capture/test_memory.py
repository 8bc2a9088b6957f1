from contextlib import contextmanager

from odoo.tests import tagged

from ...models.capture.memory import Known
from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestMemory(CrmTriggersCommon):
    """The rules that a process caches, and how it detects that they are outdated."""

    def setUp(self):
        super().setUp()
        self.rules = self.env["crm.trigger.rule"]

    @contextmanager
    def _untold(self):
        """Let what the block changes be another process's doing, of which this one is not told: afterwards
        it has the memory that it had before."""
        shared = self.rules._get_shared_memory()
        known, asked_at = shared.known, shared.asked_at
        yield
        self._new_transaction()
        shared.known, shared.asked_at = Known(known.edition, known.values), asked_at
        type(self.rules)._get_shared_memory.__cache__.add_value(self.rules, cache_value=shared)

    def _drag_many(self, count):
        """Return leads, one of which was dragged to "Offer" so that the process has read the rules."""
        leads = self._create_leads(count)
        self._drag(leads[0], self.stage_offer)
        return leads

    def test_rule_switched_on_elsewhere_starts(self):
        """Fails without ``edition`` in ``_decide``."""
        self._rule_on_offer([self._task("Known")])
        leads = self._drag_many(2)
        with self._untold():
            self._rule_on_offer([self._task("New")])
        self._drag(leads[1], self.stage_offer)
        self.assertExecutions(leads[1], [("Known", "scheduled"), ("New", "scheduled")])

    def test_rule_switched_off_elsewhere_starts_nothing(self):
        """Fails without ``edition`` in ``_decide``."""
        for switch in ("action_draft", "action_pause", "action_archive", "unlink"):
            with self.subTest(switch=switch):
                rule = self._rule_on_offer()
                leads = self._drag_many(2)
                with self._untold():
                    getattr(rule, switch)()
                self._drag(leads[1], self.stage_offer)
                self.assertFalse(self._get_runs(leads[1]))

    def test_rule_edited_elsewhere_is_as_it_is(self):
        rule = self._rule_on_offer([self._task(delay_count=1)])
        leads = self._drag_many(2)
        with self._untold():
            rule.step_ids.delay_count = 5
        self._drag(leads[1], self.stage_offer)
        self.assertPlannedFor(leads[1], "2026-02-07 09:00:00")

    def test_happening_of_a_rule_switched_off_elsewhere_starts_nothing(self):
        """Fails without ``state`` in ``_enter``."""
        rule = self._create_rule("happening", happening="activity_planned")
        leads = self._create_leads(2)
        leads[0].activity_schedule("mail.mail_activity_data_todo", user_id=self.sam.id)
        self._new_transaction()
        with self._untold():
            rule.action_draft()
        leads[1].activity_schedule("mail.mail_activity_data_todo", user_id=self.sam.id)
        self._new_transaction()
        self.assertEqual(self._get_runs(leads), self._get_runs(leads[0]))

    def test_first_rule_of_a_model_switched_on_elsewhere_is_known_after_ten_seconds(self):
        """Until then the clock makes up. Fails without ``_check_memory``."""
        self._rule_on_offer(model="crm.lead")
        partners = self.env["res.partner"].create([{"name": "a"}, {"name": "b"}])
        self._drag_many(1)
        with self._untold():
            self._create_rule(model="res.partner", filter_domain=[("city", "=", "Lyon")])
        partners[0].city = "Lyon"
        self._new_transaction()
        self.assertFalse(self._get_runs(partners[0]))
        self.clock.tick(11)
        self._new_transaction()
        partners[1].city = "Lyon"
        self._new_transaction()
        self.assertEqual(len(self._get_runs(partners[1])), 1)
        self._run_sweep()
        self.assertEqual(len(self._get_runs(partners)), 2)

    def test_look_up_is_no_query_and_every_ten_seconds_one(self):
        self._rule_on_offer()
        self._drag_many(1)
        counts = []
        for seconds in (0, 11, 0):
            self.clock.tick(seconds)
            self._new_transaction()
            self.env.cr.now()
            before = self.env.cr.sql_log_count
            for _time in range(3):
                self.rules._get_watch()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [0, 1, 0])

    def test_edit_is_not_known_to_others_before_its_commit(self):
        """Fails when what a transaction changed itself is kept for the process: it may be undone yet."""
        rule = self._rule_on_offer()
        leads = self._drag_many(2)
        rule.filter_domain = str([("stage_id", "=", self.stage_later.id)])
        leads[1].stage_id = self.stage_later
        self.env.cr.flush()
        self.assertTrue(self._get_runs(leads[1]))
        self.assertFalse(self.rules._get_shared_memory().known.values)

    def test_edit_undone_by_a_savepoint_is_forgotten(self):
        """Fails when what was read within the savepoint is kept for the process."""
        rule = self._rule_on_offer()
        leads = self._drag_many(3)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            rule.action_pause()
            leads[1].stage_id = self.stage_offer
            self.env.cr.flush()
            self.assertFalse(self._get_runs(leads[1]))
            raise ZeroDivisionError
        leads[1].stage_id = self.stage_offer
        self._new_transaction()
        leads[2].stage_id = self.stage_offer
        self._new_transaction()
        self.assertEqual(len(self._get_runs(leads)), 3)

    def test_editions_are_added_up_and_never_fewer(self):
        edition = self.env["crm.trigger.edition"]
        self._rule_on_offer()
        before = self.rules._read_edition()[0]
        self._move_to("2026-02-04 09:00:00")
        edition._add_up()
        self.assertEqual(self.rules._read_edition()[0], before)
        self.assertFalse(edition.search([("edited_at", "<", "2026-02-03 00:00:00")]))
        self._rule_on_offer()
        self.assertGreater(self.rules._read_edition()[0], before)
