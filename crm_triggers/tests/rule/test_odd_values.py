from markupsafe import escape

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestOddValues(CrmTriggersCommon):
    """Values at the edge of what a field takes."""

    def test_range_of_centuries_is_refused(self):
        """Fails without ``_check_date_reach``: the clock left the calendar at each turn."""
        for vals in (
            {"trg_date_range": 10**7},
            {"trg_date_range": 121, "trg_date_range_type": "month"},
            {"late_days": 9**6},
        ):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(ValidationError, "“Far away”: the longest delay is ten years"),
            ):
                self._create_rule("date", date="date_deadline", name="Far away", **vals)

    def test_rule_without_a_name_is_refused(self):
        for name in ("", "  ", "\n"):
            with self.subTest(name=name), self.assertRaisesRegex(ValidationError, "Give the rule a name"):
                self._rule_on_offer(name=name)

    def test_names_of_any_kind_go_through_and_are_escaped(self):
        for name in ("<script>alert(1)</script>", "x" * 10_000, "Café ☎️ 🎉 ערב", "%s %(rule)s {{ object }}", "“”"):
            with self.subTest(name=name[:20]):
                rule = self._rule_on_offer([self._task(name, activity_note=f"<p>{name}</p>")], name=name)
                lead = self._create_lead(name=name)
                self._drag(lead, self.stage_offer)
                self._run_worker()
                rule.step_ids.unlink()
                self._run_sweep()

                self.assertExecutions(lead, [(name, "done")])
                self.assertEqual(lead.activity_ids.summary, name)
                self.assertNotIn("<script", lead.activity_ids.note + rule.activity_ids.note)
                self.assertIn(escape(name[:8]), rule.activity_ids.note)

    def test_lead_without_an_address_is_skipped_with_the_reason(self):
        self._rule_on_offer([self._mail(self._create_template())])
        lead = self._create_lead(partner_id=False)

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Mail", "skipped", "no_recipient")])

    def test_delays_of_nothing_and_of_ten_years(self):
        self._rule_on_offer([self._task("Now"), self._task("Then", delay_count=120, delay_unit="months")])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertExecutions(lead, [("Now", "done"), ("Then", "scheduled")])
        self.assertPlannedFor(lead, "2036-02-02 09:00:00")
        self._run_until("2036-02-02 09:00")
        self.assertExecutions(lead, [("Now", "done"), ("Then", "done")])

    def test_dates_at_the_ends_of_the_calendar_leave_the_others_be(self):
        """Of days and of moments. Fails when ``DateRule.verdict`` lets ``OverflowError`` through."""
        for field, sound, ends in (
            ("date_deadline", "2026-02-03", ("0001-01-01", "9999-12-31", False)),
            ("date_open", "2026-02-03 09:00:00", ("0001-01-01 00:00:00", "9999-12-31 23:59:59", False)),
        ):
            for mode in ("before", "after"):
                with self.subTest(field=field, mode=mode):
                    rule = self._create_rule(
                        "date", date=field, trg_date_range=1, trg_date_range_mode=mode, late_days=3653
                    )
                    leads = self._create_leads(4)
                    for lead, value in zip(leads, (*ends, sound), strict=True):
                        lead[field] = value
                    self._new_transaction()
                    self._run_until("2026-02-05 09:00")

                    acted = self._get_runs(leads).filtered(lambda run: run.state != "stopped")
                    self.assertEqual(acted.mapped("res_id"), leads[3].ids)
                    self.clock.move_to("2026-02-02 09:00")
                    rule.action_draft()
