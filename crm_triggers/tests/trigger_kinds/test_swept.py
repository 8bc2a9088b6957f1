from unittest.mock import patch

from odoo.tests import tagged

from ...engine.decision import spans
from ..common import CrmTriggersCommon

FRENCH = [("partner_id.country_id.code", "=", "FR")]
STILL = "[('date_last_stage_update', '<', (context_today() - relativedelta(days=7)).strftime('%Y-%m-%d'))]"


@tagged("post_install", "-at_install")
class TestSwept(CrmTriggersCommon):
    """What no hook sees is found by the clock: promise 2, never missed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france, cls.italy = cls.env.ref("base.fr"), cls.env.ref("base.it")

    def _insert_lead(self, **vals):
        """Create an opportunity as another program would, past Odoo."""
        lead = self._create_lead()
        self.env.cr.execute(
            "INSERT INTO crm_lead (name, type, partner_id, user_id, team_id, company_id, stage_id, active, won_status)"
            " SELECT 'By SQL', type, partner_id, user_id, team_id, company_id, %s, true, won_status"
            " FROM crm_lead WHERE id = %s RETURNING id",
            (vals.get("stage", self.stage_new).id, lead.id),
        )
        return lead.browse(self.env.cr.fetchone())

    def _count_runs(self, records):
        return len(self._get_runs(records))

    def _get_notes(self, leads):
        """Return what was noted about these new records and later ones."""
        domain = [("model_name", "=", "crm.lead"), ("last_id", ">=", min(leads.ids))]
        return self.env["crm.trigger.heard"].search(domain, order="last_id")

    # Records that another program inserts. Each fails without ``_sweep_created``.

    def test_inserted_record_starts_rules(self):
        self._create_rule("create", [self._task("New")])
        self._rule_on_offer([self._task("Offer")])
        lead, other = self._insert_lead(stage=self.stage_offer), self._insert_lead()
        self._run_sweep()
        self._run_sweep()
        self._run_worker()
        self.assertExecutions(lead, [("New", "done"), ("Offer", "done")])
        self.assertExecutions(other, [("New", "done")])

    def test_inserted_record_starts_rules_once_whichever_look_comes_first(self):
        """Promise 1: what is made up for after switching on is looked for as well. Fails without
        ``_sweep_written_past``."""
        self._create_rule("create", [self._task("New")])
        self._rule_on_offer([self._task("Offer")])
        lead = self._insert_lead(stage=self.stage_offer)
        turns = self.env.registry["crm.trigger.turn"]
        origin = turns._sort
        with patch.object(turns, "_sort", lambda self, sweeps: origin(self, sweeps)[::-1]):
            self._run_sweep()
        self._run_sweep()
        self.assertEqual(self._count_runs(lead), 2)

    def test_inserted_before_the_rule_was_switched_on_is_history(self):
        """Promise 4, also when another rule has been waiting for it. Fails without ``above_id``."""
        old_rule = self._create_rule("create")
        lead = self._insert_lead(stage=self.stage_offer)
        self._create_rule("create")
        self._rule_on_offer()
        self._run_sweep()
        self.assertEqual(self._get_runs(lead).rule_id, old_rule)

    def test_inserted_while_paused_is_not_found(self):
        rule = self._create_rule("create")
        rule.action_pause()
        lead = self._insert_lead()
        rule.action_activate()
        self._run_sweep()
        self.assertFalse(self._count_runs(lead))

    def test_captured_and_left_out_is_not_found_again(self):
        """Created by hand without meeting the conditions, and meeting them later, is not "created"."""
        self._create_rule("create", filter_domain=[("stage_id", "=", self.stage_offer.id)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_sweep()
        self.assertFalse(self._count_runs(lead))

    def test_numbers_are_kept_for_a_day(self):
        """A settled number stands for all below; what is inserted later is found all the same."""
        self._create_rule("create")
        leads = self._create_leads(3)
        self._move_to("2026-02-04 09:00:00")
        later = self._create_lead()
        self._run_sweep()
        self.assertEqual(self._get_notes(leads).mapped("last_id"), [leads.ids[-1], later.id])
        self._move_to("2026-02-06 09:00:00")
        inserted = self._insert_lead()
        self._run_sweep()
        self.assertEqual(self._count_runs(inserted), 1)
        self.assertEqual(self._count_runs(leads | later), 4)

    def test_import_is_one_span(self):
        """An import of a thousand costs one row."""
        self._create_rule("create")
        leads = self._create_leads(100)
        self.assertEqual(len(self._get_notes(leads)), 1)
        self.assertEqual(spans([7, 1, 2, 3, 9, 8]), [(1, 3), (7, 9)])
        self.assertEqual(spans([]), [])

    # Conditions on other records. Each fails without ``_sweep_matching``.

    def test_other_record(self):
        """The contact moves to France, away, and back: twice it starts to match."""
        self._create_rule(filter_domain=FRENCH, steps=[self._task(delay_count=1)])
        lead = self._create_lead()
        for country in (self.france, self.italy, self.france):
            self.partner.country_id = country
            self._run_sweep()
            self._run_sweep()
        self.assertEqual(
            [(run.state, run.stop_reason) for run in self._get_runs(lead)],
            [("stopped", "unmatched"), ("running", False)],
        )

    def test_other_record_history(self):
        """Promise 4: what met the conditions before is left alone. Fails without ``_take_all``."""
        self.partner.country_id = self.france
        lead = self._create_lead()
        self._create_rule(filter_domain=FRENCH)
        self._run_sweep()
        self.assertFalse(self._count_runs(lead))
        new = self._create_lead()
        self._run_sweep()
        self.assertEqual(self._count_runs(new), 1)

    def test_captured_and_swept_is_once(self):
        """What was captured, the clock does not start again. Fails without ``_note_seen``."""
        self.partner.country_id = self.france
        self._create_rule(filter_domain=[("stage_id", "=", self.stage_offer.id), *FRENCH])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self.assertEqual(self._count_runs(lead), 1)
        self._run_sweep()
        self.assertEqual(self._count_runs(lead), 1)
        self._drag(lead, self.stage_new)
        self._drag(lead, self.stage_offer)
        self._run_sweep()
        self.assertEqual(self._count_runs(lead), 2)

    def test_captured_after_what_was_not(self):
        """The contact moves, and before the clock runs a user writes the record: it starts immediately."""
        self._create_rule(filter_domain=[("priority", "!=", "3"), *FRENCH])
        lead = self._create_lead()
        self.partner.country_id = self.france
        lead.priority = "1"
        self._new_transaction()
        self.assertEqual(self._count_runs(lead), 1)
        self._run_sweep()
        self.assertEqual(self._count_runs(lead), 1)

    def test_own_step_is_not_found_later(self):
        """A rule does not start by what its own step does, not even minutes later."""
        self.partner.country_id = self.france
        self._create_rule(
            filter_domain=[("priority", "=", "0"), *FRENCH],
            steps=[self._code("record.write({'priority': '1'})"), self._code("record.write({'priority': '0'})")],
            keep_matching=False,
            user=self.admin,
        )
        lead = self._create_lead()
        self._run_worker()
        self._run_sweep()
        self.assertEqual(self._count_runs(lead), 1)

    def test_conditions_edited_while_live(self):
        """What meets the new conditions already is history."""
        rule = self._create_rule(filter_domain=FRENCH)
        self.partner.country_id = self.italy
        lead = self._create_lead()
        rule.filter_domain = "[('partner_id.country_id.code', '=', 'IT')]"
        self._run_sweep()
        self.assertFalse(self._count_runs(lead))

    def test_paused_and_resumed(self):
        rule = self._create_rule(filter_domain=FRENCH)
        lead = self._create_lead()
        rule.action_pause()
        self.partner.country_id = self.france
        self._run_sweep()
        rule.action_activate()
        self._run_sweep()
        self.assertFalse(self._count_runs(lead))

    def test_deleted_record(self):
        self._create_rule(filter_domain=FRENCH)
        self.partner.country_id = self.france
        lead = self._create_lead()
        lead.sudo().unlink()
        self._run_sweep()
        self.assertFalse(self.env["crm.trigger.seen"].search([("res_id", "in", lead.ids)]))

    # Time and SQL

    def test_stands_still(self):
        """Z45, Z47: a week without progress starts on its own, and again after progress."""
        self._create_rule(filter_domain=STILL)
        lead = self._create_lead()
        for day in ("03", "09", "10", "11"):
            self._run_until(f"2026-02-{day} 09:00:00")
        self.assertEqual(self._count_runs(lead), 1)
        self._drag(lead, self.stage_later)
        self._run_until("2026-02-12 09:00:00")
        self.assertEqual(self._count_runs(lead), 1)
        self._run_until("2026-02-20 09:00:00")
        self.assertEqual(self._count_runs(lead), 2)

    def test_relative_date(self):
        rule = self._create_rule(filter_domain="[('date_deadline', '<', 'today')]")
        lead = self._create_lead(date_deadline="2026-02-03")
        self.assertEqual(rule.unheard_fields, "Expected Closing")
        self._run_until("2026-02-03 12:00:00")
        self.assertFalse(self._count_runs(lead))
        self._run_until("2026-02-04 12:00:00")
        self.assertEqual(self._count_runs(lead), 1)

    def test_column_written_by_sql(self):
        rule = self._rule_on_offer(sweep=True)
        self.assertFalse(rule.unheard_fields)
        lead = self._create_lead()
        self.env.cr.execute("UPDATE crm_lead SET stage_id = %s WHERE id = %s", (self.stage_offer.id, lead.id))
        self._run_sweep()
        self.assertEqual(self._count_runs(lead), 1)

    def test_before_the_change_is_only_known_of_what_is_captured(self):
        rule = self._create_rule(filter_domain=FRENCH, filter_pre_domain=[("priority", "=", "0")])
        lead = self._create_lead()
        self.partner.country_id = self.france
        self._run_sweep()
        self.assertFalse(self._count_runs(lead))
        self.assertEqual(rule.unheard_fields, "Contact > Country > Country Code")

    def test_sweep_reads_only_what_is_new(self):
        """Looking at ten times as many records costs as many queries."""
        rule = self._create_rule(filter_domain=FRENCH)
        self.partner.country_id = self.france
        counts = []
        for number in (5, 50):
            self._create_leads(number)
            self._run_sweep()
            rule._sweep_matching(500)
            before = self.env.cr.sql_log_count
            rule._sweep_matching(500)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 8)

    def test_left_and_met_again_between_two_looks_starts_again(self):
        """What is captured need not wait for the clock. Fails without ``swept`` in ``get_concerned``: nothing
        could start to match, so what was seen stayed seen."""
        self._create_rule(filter_domain=[("stage_id", "=", self.stage_offer.id), *FRENCH])
        self.partner.country_id = self.france
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self._drag(lead, self.stage_new)
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Call", "done"), ("Call", "done")])
