from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestPace(CrmTriggersCommon):
    """How often a rule may act on a record and on a contact (Z25, Z26, Z27).

    Each fails without ``_hold_back`` in ``_start`` of crm.trigger.run.
    """

    def _reach_offer(self, lead, moment):
        """Let the salesperson drag a card there at a moment, and away a minute later."""
        self._move_to(moment)
        self._drag(lead, self.stage_offer)
        self._run_worker()
        self._move_to(moment[:-5] + "01:00")
        self._drag(lead, self.stage_new)

    def _get_reasons(self, records):
        return [run.stop_reason or run.state for run in self._get_runs(records)]

    def test_cooldown(self):
        """A record is left alone for a week after a run; what happens meanwhile is noted."""
        self._rule_on_offer(reentry="cooldown", cooldown_count=7, cooldown_unit="days", keep_matching=False)
        lead = self._create_lead()
        for day in ("02", "05", "08", "09"):
            self._reach_offer(lead, f"2026-02-{day} 10:00:00")
        self.assertEqual(self._get_reasons(lead), ["done", "cooldown", "cooldown", "done"])
        self.assertEqual(len(lead.activity_ids), 2)

    def test_cooldown_is_per_record(self):
        self._rule_on_offer(reentry="cooldown")
        leads = self._create_leads(2)
        self._drag(leads[0], self.stage_offer)
        self._drag(leads[1], self.stage_offer)
        self._run_worker()
        self.assertEqual(self._get_reasons(leads), ["done", "done"])

    def test_limit_per_contact(self):
        """Two a week for Ada, whichever of her opportunities it is; Bob has room of his own."""
        self._rule_on_offer(limit_count=2, limit_period="week")
        bob = self.env["res.partner"].create({"name": "Bob"})
        leads = self._create_leads(4)
        leads[3].partner_id = bob
        self._drag(leads, self.stage_offer)
        self._run_worker()
        self.assertEqual(self._get_reasons(leads), ["done", "done", "limit", "done"])
        other = self._create_lead()
        self._move_to("2026-02-08 10:00:00")
        self._drag(other, self.stage_offer)
        self.assertEqual(self._get_reasons(other), ["limit"])
        self._move_to("2026-02-09 10:00:00")
        self._drag(other, self.stage_new)
        self._drag(other, self.stage_offer)
        self.assertEqual(self._get_reasons(other), ["limit", "running"])

    def test_limit_without_contact(self):
        """A record without a contact counts for itself."""
        self._rule_on_offer(limit_count=1, limit_period="day")
        leads = self._create_leads(2, partner_id=False)
        self._drag(leads, self.stage_offer)
        self.assertEqual(self._get_reasons(leads), ["running", "running"])

    def test_limits_combine(self):
        """Z27: the stricter of both decides."""
        self._rule_on_offer(reentry="cooldown", cooldown_count=3, limit_count=2, limit_period="month")
        lead = self._create_lead()
        for day in ("02", "04", "06", "10"):
            self._reach_offer(lead, f"2026-02-{day} 10:00:00")
        self.assertEqual(self._get_reasons(lead), ["done", "cooldown", "done", "limit"])

    def test_what_did_nothing_does_not_count(self):
        """A card dragged there by mistake: nothing was done, so the real time is not held back."""
        self._rule_on_offer([self._task(delay_count=1)], reentry="cooldown", limit_count=1)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._drag(lead, self.stage_new)
        self._drag(lead, self.stage_offer)
        self.assertEqual(self._get_reasons(lead), ["unmatched", "running"])

    def test_dates_share_the_limit(self):
        """Three opportunities of one contact to be closed on one day: one call, two notes of why not."""
        self._create_rule("date", date="date_deadline", limit_count=1, limit_period="day", late_days=2)
        leads = self._create_leads(3, date_deadline="2026-02-05")
        self._run_until("2026-02-05 12:00:00")
        self._run_until("2026-02-06 12:00:00")
        self.assertEqual(self._get_reasons(leads), ["done", "limit", "limit"])

    def test_held_back_is_never_made_up_for(self):
        """Once noted, the same date does not come again the day after."""
        self._create_rule("date", date="date_deadline", limit_count=1, limit_period="day")
        leads = self._create_leads(2, date_deadline="2026-02-05")
        for day in ("05", "06", "07"):
            self._run_until(f"2026-02-{day} 12:00:00")
        self.assertEqual(self._get_reasons(leads), ["done", "limit"])

    def test_trial_shows_the_limits(self):
        """In test nothing is done, yet the log shows what would have been held back."""
        rule = self._rule_on_offer(limit_count=1, activate=False)
        rule.action_test()
        leads = self._create_leads(2)
        self._drag(leads[0], self.stage_offer)
        self._run_worker()
        self._drag(leads[1], self.stage_offer)
        self.assertEqual(self._get_reasons(leads), ["done", "limit"])

    def test_scenario(self):
        """Putting in by hand respects the limits as well."""
        rule = self._create_rule("manual", limit_count=1)
        leads = self._create_leads(2)
        rule.with_user(self.manager).enroll(leads)
        self.assertEqual(self._get_reasons(leads), ["running", "limit"])

    def test_bad_values(self):
        cases = [
            {"reentry": "cooldown", "cooldown_count": 0},
            {"reentry": "cooldown", "cooldown_count": 11 * 12, "cooldown_unit": "months"},
            {"limit_count": -1},
        ]
        for values in cases:
            with self.subTest(values), self.assertRaisesRegex(ValidationError, "Rule “Rule”"):
                self._rule_on_offer(activate=False, **values)

    def test_one_query_for_a_batch(self):
        """Counting costs two queries, however many records enter."""
        rule = self._rule_on_offer(limit_count=1, limit_period="week")
        few, many = self._create_leads(2), self._create_leads(40)
        self._drag(few, self.stage_offer)
        rows = self._prepare_rows(rule, many)
        rule._get_pace()
        self.env.flush_all()
        with self.assertQueryCount(2):
            self.env["crm.trigger.run"]._hold_back(rule, rows)
        self.assertEqual({row["stop_reason"] for row in rows}, {"limit"})

    def _prepare_rows(self, rule, records):
        runs = self.env["crm.trigger.run"]
        return [{**runs._prepare_record_values(rule, record), "occurrence": "next"} for record in records]
