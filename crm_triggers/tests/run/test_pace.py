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
        """Two a week for Ada, whichever of her opportunities it is; Bob has a separate limit."""
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

    def test_place_is_that_of_the_contact_whoever_else_is_in_the_batch(self):
        """Two transactions that do not see one another take the same place of one contact. Fails without
        ``take_places`` in ``_hold_back``."""
        rule = self._rule_on_offer(limit_count=2, limit_period="week")
        bob = self.env["res.partner"].create({"name": "Bob"})
        leads = self._create_leads(4)
        leads[0].partner_id = bob

        places = []
        for batch in (leads, leads[1:], leads[3]):
            rows = self.env["crm.trigger.run"]._hold_back(rule, self._prepare_rows(rule, batch))
            places.append([row["pace_key"] for row in rows if row["partner_id"] == self.partner.id])

        ada = "person ada@example.com>0+"
        self.assertEqual(places, [[f"{ada}0", f"{ada}1", None], [f"{ada}0", f"{ada}1", None], [f"{ada}0"]])

    def test_two_contacts_with_one_address_are_one_person(self):
        """And so is who has no contact yet. Fails without ``email`` in ``_get_counted``."""
        rule = self._rule_on_offer(limit_count=1, limit_period="week")
        twin, other = self.env["res.partner"].create(
            [{"name": "Ada L.", "email": '"Ada" <ADA@example.com>'}, {"name": "Bob", "email": "bob@example.com"}]
        )
        leads = self._create_leads(4)
        leads[1].partner_id, leads[2].partner_id = twin, other
        leads[3].write({"partner_id": False, "email_from": "Ada@Example.com"})
        self._new_transaction()

        self._drag(leads, self.stage_offer)

        self.assertEqual(self._get_reasons(leads), ["running", "limit", "running", "limit"])
        later = self._create_lead(partner_id=twin.id)
        answer = rule.with_user(self.sam).explain(later)
        self.assertIn("as many runs as allowed", answer["verdict"])
        self._drag(later, self.stage_offer)
        self.assertEqual(self._get_reasons(later), ["limit"])

    def test_contact_whose_address_comes_later_is_the_same(self):
        self._rule_on_offer(limit_count=1, limit_period="week")
        self.partner.email = False
        first, second = self._create_leads(2)
        self._drag(first, self.stage_offer)
        self.partner.email = "new@example.com"

        self._drag(second, self.stage_offer)

        self.assertEqual(self._get_reasons(second), ["limit"])

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
