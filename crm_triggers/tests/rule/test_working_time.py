from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.compat import get_zone, localize
from ..common import CrmTriggersCommon


class WorkingTimeCommon(CrmTriggersCommon):
    """An office in Paris that works from eight to noon and from one to five, as Odoo's calendars do.

    It is Monday 2 February 2026, 10:00 in Paris (09:00 UTC).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._create_calendar(cls.company)
        cls.company.resource_calendar_id = cls.calendar

    @classmethod
    def _create_calendar(cls, company, **vals):
        values = {"name": "Office", "tz": "Europe/Paris", "company_id": company.id}
        return cls.env["resource.calendar"].create({**values, **vals})

    def _close(self, first, last=None, *, company=None):
        """Make a public holiday, of all calendars of the company if one is given."""
        values = {"name": "Closed", "date_from": f"{first} 00:00:00", "date_to": f"{last or first} 22:00:00"}
        leave = self.env["resource.calendar.leaves"].create({**values, "calendar_id": not company and self.calendar.id})
        leave.company_id = company or self.company
        self._new_transaction()


@tagged("post_install", "-at_install")
class TestWorkingTime(WorkingTimeCommon):
    """Rules that count working days or hours from a date, without public holidays."""

    def _rule_before_deadline(self, count=30, steps=None, **vals):
        """Return a rule n working days before the expected closing, at eight in Paris."""
        values = {"date": "date_deadline", "trg_date_range": count, "trg_date_calendar_id": self.calendar.id}
        return self._create_rule("date", steps, **{**values, **vals})

    def test_working_days_before_date_skip_weekends_and_holidays(self):
        """K47. Thirty working days before Friday 10 April, Easter Monday and 16 February off, is
        25 February. Fails without ``working`` in ``_get_date_rule``."""
        self._close("2026-02-16")
        self._close("2026-03-02")
        self._close("2026-04-06")
        self._rule_before_deadline()
        lead = self._create_lead(date_deadline="2026-04-10")

        self._run_until("2026-02-25 06:59")
        self.assertFalse(self._get_runs(lead))
        self._run_until("2026-02-25 07:01")
        self._run_until("2026-02-25 07:06")
        self._run_until("2026-03-02 09:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_holidays_of_another_company_do_not_count(self):
        """Odoo's own domain takes them. Fails without ``_get_crm_trigger_leaves``."""
        self._close("2026-02-05", company=self.company_b)
        self._close("2026-02-06", company=self.company)
        self._rule_before_deadline(1)
        lead = self._create_lead(date_deadline="2026-02-09")

        self._run_until("2026-02-04 08:00")
        self.assertFalse(self._get_runs(lead))
        self._run_until("2026-02-05 07:01")

        self.assertExecutions(lead, [("Call", "done")])

    def test_three_dates_on_a_long_weekend_fall_due_together(self):
        """Promise 2: Saturday to Monday all begin on Friday. Fails with a window of plain days."""
        self._rule_before_deadline(1)
        leads = self._create_leads(3)
        for lead, day in zip(leads, ("2026-02-07", "2026-02-08", "2026-02-09"), strict=True):
            lead.date_deadline = day

        self._run_until("2026-02-06 06:59")
        self.assertFalse(self._get_runs(leads))
        self._run_until("2026-02-06 07:01")

        self.assertExecutions(leads, [("Call", "done")] * 3)

    def test_scheduler_off_over_a_holiday_fires_once_afterwards(self):
        """Promise 2: off from Friday to Tuesday, over Easter Monday."""
        self._close("2026-04-06")
        self._rule_before_deadline(1)
        lead = self._create_lead(date_deadline="2026-04-07")

        self._run_until("2026-04-03 05:30")
        self.assertFalse(self._get_runs(lead))
        self._run_until("2026-04-07 09:00")
        self._run_until("2026-04-07 09:05")

        self.assertExecutions(lead, [("Call", "done")])

    def test_due_before_activation_is_history_in_working_days(self):
        """Promise 4: three working days before Wednesday was on Friday. Fails without
        ``activated_at`` in the clock, which is there twice."""
        leads = self._create_lead(date_deadline="2026-02-04"), self._create_lead(date_deadline="2026-02-06")
        self._rule_before_deadline(3)

        self._run_until("2026-02-02 12:00")
        self._run_until("2026-02-03 12:00")

        self.assertExecutions(leads[0], [])
        self.assertExecutions(leads[1], [("Call", "done")])

    def test_late_counts_from_the_working_due_time(self):
        """Z29: one working day after Saturday is Monday, three days later it is too late."""
        self._rule_before_deadline(1, trg_date_range_mode="after", late_days=3)
        late, in_time = self._create_lead(date_deadline="2026-02-06"), self._create_lead(date_deadline="2026-02-09")

        self._run_until("2026-02-12 07:01")

        self.assertStopped(late, "late")
        self.assertExecutions(in_time, [("Call", "done")])

    def test_datetime_two_working_hours_after(self):
        self._create_rule(
            "date",
            date="date_closed",
            trg_date_range=2,
            trg_date_range_type="hour",
            trg_date_range_mode="after",
            trg_date_calendar_id=self.calendar.id,
        )
        lead = self._create_lead()
        lead.date_closed = "2026-02-06 15:00:00"  # Friday at four, an hour before the evening

        self._run_until("2026-02-09 07:59")
        self.assertFalse(self._get_runs(lead))
        self._run_until("2026-02-09 08:00")

        self.assertExecutions(lead, [("Call", "done")])

    def test_flexible_hours_have_the_weekdays_that_fill_the_week(self):
        """Forty hours by eight are five days from Monday on. Fails when read from another weekday."""
        self.calendar.write({"schedule_type": "flexible", "flexible_hours": True})
        self.calendar.write({"hours_per_day": 8, "full_time_required_hours": 40})

        days = self.calendar._read_crm_trigger_year(2026).days

        self.assertEqual({day.weekday() for day in days}, {0, 1, 2, 3, 4})
        self.assertEqual(len(days), 261)

    def test_clock_time_is_the_same_instant_in_a_zone_of_odoo_19_and_20(self):
        """pytz's and zoneinfo's. Fails with ``replace``, which in pytz's Paris is nine minutes off."""
        for name, hour in (("Europe/Paris", 23), ("America/New_York", 5), ("Etc/GMT-14", 10), ("UTC", 0)):
            for zone in (get_zone(self.env, name), ZoneInfo(name)):
                begins = localize(zone, datetime(2026, 1, 5))
                self.assertEqual(begins.replace(tzinfo=None), datetime(2026, 1, 5))
                self.assertEqual(begins.astimezone(timezone.utc).hour, hour)

    def test_calendar_without_hours_is_refused_with_its_cure(self):
        """Fails without ``_check_calendar``."""
        empty = self._create_calendar(self.company, name="Nobody", attendance_ids=[Command.clear()])
        with self.assertRaisesRegex(ValidationError, "“Rule”.*“Nobody” has no working hours"):
            self._rule_before_deadline(trg_date_calendar_id=empty.id)

    def test_calendar_emptied_before_activation_is_refused(self):
        rule = self._rule_before_deadline(activate=False)
        self.calendar.attendance_ids.unlink()

        with self.assertRaisesRegex(UserError, "“Rule”.*“Office” has no working hours"):
            rule.action_activate()

    def test_calendar_emptied_while_live_hurts_nobody_s_save(self):
        """Promise 3: what is wrong is noted, and the rule is paused."""
        rule = self._rule_before_deadline()
        self.calendar.attendance_ids.unlink()

        with self.assertLogs("odoo.addons.crm_triggers.models.isolation", "ERROR") as log:
            lead = self._create_lead(date_deadline="2026-02-12")
            self._run_until("2026-02-03 09:00")

        self.assertStopped(lead, "undecided")
        self.assertIn("no working time in 2026", "".join(log.output))
        self.assertEqual(rule.state, "paused")

    def test_delay_of_centuries_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "ten years"):
            self._rule_before_deadline(5000)

    def test_dates_at_the_ends_of_the_calendar_are_left_alone(self):
        """In saves and in sweeps, and nothing else suffers. Fails without ``OverflowError`` in ``verdict``."""
        self._rule_before_deadline()
        self._create_rule("date", date="date_closed", trg_date_range=1, tz_from="contact")
        leads = self._create_leads(4)
        for lead, year in zip(leads, ("0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"), strict=True):
            lead.write({"date_deadline": year, "date_closed": f"{year} 00:30:00"})
        sound = self._create_lead(date_deadline="2026-02-12")
        self._run_until("2026-02-03 09:00")

        self.assertEqual(self._get_runs(leads).mapped("res_id"), leads[1].ids, "a day after 1899 is late, no more")
        self.assertExecutions(sound, [("Call", "done")])

    def test_dates_are_kept_as_sql_writes_them(self):
        """Promise 1: else their run would not be found. Fails with ``strftime``, which writes the year 1 as "1"."""
        rule = self._rule_before_deadline(activate=False)
        for value in (date(1, 1, 1), date(9999, 12, 31), datetime(1, 1, 1, 0, 30), datetime(2026, 2, 2, 9, 0, 1)):
            name = "date_closed" if isinstance(value, datetime) else "date_deadline"
            rule.trg_date_id = self.env["ir.model.fields"]._get("crm.lead", name)
            written = self.env.execute_query(SQL("SELECT %s", rule._sql_date_text(SQL("%s::timestamp", value))))
            with self.subTest(value=value):
                self.assertEqual(written, [(rule._date_text(value),)])
