from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTimeZone(CrmTriggersCommon):
    """Which morning applies: the company's in Paris, the contact's in New York, or a chosen one.

    It is Monday 2 February 2026, 10:00 in Paris (09:00 UTC).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.tz = False
        cls.nora = cls.env["res.partner"].create({"name": "Nora", "tz": "America/New_York"})

    def _rule_before_deadline(self, count=30, steps=None, **vals):
        """Return a rule n days before the expected closing, at eight o'clock."""
        return self._create_rule("date", steps, date="date_deadline", **{"trg_date_range": count, **vals})

    def test_morning_of_the_contact_or_else_of_the_company(self):
        """Z33. Eight in New York is thirteen in UTC. Fails without ``zones`` in ``_sort_due``."""
        self._rule_before_deadline(tz_from="contact")
        paris, new_york = self._create_lead(), self._create_lead(partner_id=self.nora.id)
        (paris | new_york).write({"date_deadline": "2026-03-06"})
        self._new_transaction()

        self._run_until("2026-02-04 06:59")
        self.assertFalse(self._get_runs(paris | new_york))
        self._run_until("2026-02-04 07:01")
        self.assertExecutions(paris, [("Call", "done")])
        self._run_until("2026-02-04 12:59")
        self.assertFalse(self._get_runs(new_york))
        self._run_until("2026-02-04 13:01")
        self._run_until("2026-02-04 13:06")

        self.assertExecutions(new_york, [("Call", "done")])

    def test_contact_far_ahead_is_not_missed(self):
        """Eight on Kiritimati is the evening before in Paris. Fails without ``window_anywhere``."""
        self.nora.tz = "Pacific/Kiritimati"
        self._rule_before_deadline(tz_from="contact")
        lead = self._create_lead(partner_id=self.nora.id, date_deadline="2026-03-06")

        self._run_until("2026-02-03 17:59")
        self.assertFalse(self._get_runs(lead))
        self._run_until("2026-02-03 18:01")

        self.assertExecutions(lead, [("Call", "done")])

    def test_history_is_that_of_the_contact_s_clock(self):
        """Promise 4: switched on at four on Monday in Paris, at ten on Sunday evening in New York."""
        paris, new_york = self._create_lead(), self._create_lead(partner_id=self.nora.id)
        (paris | new_york).write({"date_deadline": "2026-03-03"})
        self._move_to("2026-02-02 03:00")
        self._rule_before_deadline(tz_from="contact")

        self._run_until("2026-02-02 13:01")

        self.assertExecutions(paris, [])
        self.assertExecutions(new_york, [("Call", "done")])

    def test_sweep_goes_on_behind_what_is_not_due_yet(self):
        """The window contains contacts whose morning is still to come. Fails without ``offset`` in ``_sweep``."""
        rule = self._rule_before_deadline(tz_from="contact", date_hour=12)
        ahead = self._create_leads(3, partner_id=self.nora.id, date_deadline="2026-03-05")
        lead = self._create_lead(date_deadline="2026-03-05")
        self._move_to("2026-02-03 11:01")

        self.assertEqual(rule._sweep(1), 1)
        self.assertEqual(rule._sweep(1), 0)
        self.assertTrue(self._get_runs(lead))
        self.assertFalse(self._get_runs(ahead))

    def test_days_of_steps_are_the_contact_s(self):
        """New York changes its clocks on 8 March, three weeks before Paris."""
        step = self._task(delay_count=1, delay_unit="weeks")
        self._rule_on_offer([step], tz_from="contact")
        paris, new_york = self._create_lead(), self._create_lead(partner_id=self.nora.id)
        self._move_to("2026-03-05 15:00")

        self._drag(paris | new_york, self.stage_offer)

        self.assertPlannedFor(paris, "2026-03-12 15:00")
        self.assertPlannedFor(new_york, "2026-03-12 14:00")

    def test_fixed_zone(self):
        self._rule_before_deadline(tz_from="fixed", tz="Asia/Tokyo")
        lead = self._create_lead(date_deadline="2026-03-06")

        self._run_until("2026-02-03 22:59")
        self.assertFalse(self._get_runs(lead))
        self._run_until("2026-02-03 23:01")

        self.assertExecutions(lead, [("Call", "done")])

    def test_fixed_zone_has_to_be_chosen(self):
        with self.assertRaisesRegex(ValidationError, "“Rule”: choose the time zone"):
            self._rule_before_deadline(tz_from="fixed")

    def test_rule_of_all_companies_counts_by_the_clock_of_the_record_s(self):
        """K22. Fails without ``company`` in ``_get_tz``."""
        self.company_b.partner_id.tz = "America/New_York"
        self._rule_before_deadline(user=self.admin, company_id=False)
        leads = self.env["crm.lead"].create(
            [
                {"name": company.name, "company_id": company.id, "date_deadline": "2026-03-06"}
                for company in (self.company, self.company_b)
            ]
        )

        self._run_until("2026-02-04 07:01")
        self.assertEqual(self._get_runs(leads).mapped("res_id"), leads[0].ids)
        self._run_until("2026-02-04 13:01")

        self.assertEqual(set(self._get_runs(leads).mapped("res_id")), set(leads.ids))

    def test_zone_of_a_company_without_one(self):
        """In turn its working hours', the owner's, UTC; a name the machine does not know is none."""
        rule = self._rule_before_deadline(activate=False)
        self.assertEqual(rule._get_tz(), "Europe/Paris")

        self.company.partner_id.tz = False
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        self.assertEqual(rule._get_tz(), "Asia/Tokyo")
        self.company.resource_calendar_id = False
        rule.user_id.tz = "Asia/Kolkata"
        self.assertEqual(rule._get_tz(), "Asia/Kolkata")
        rule.user_id.tz = False
        self.assertEqual(rule._get_tz(), "UTC")
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET tz = 'Mars/Olympus' WHERE id = %s", [self.company.partner_id.id])
        self.env.invalidate_all()
        self.assertEqual(rule._get_tz(), "UTC")

    def test_hour_that_the_clocks_leave_out_fires_once(self):
        """Paris, 29 March: there is no two o'clock, it is three."""
        self._rule_before_deadline(0, date_hour=2)
        lead = self._create_lead(date_deadline="2026-03-29")

        self._run_until("2026-03-29 00:59")
        self.assertFalse(self._get_runs(lead))
        for minute in ("01:00", "01:05", "02:00"):
            self._run_until(f"2026-03-29 {minute}")

        self.assertExecutions(lead, [("Call", "done")])

    def test_hour_that_the_clocks_repeat_fires_once(self):
        """Paris, 25 October: it is two o'clock twice, the first counts."""
        self._rule_before_deadline(0, date_hour=2)
        lead = self._create_lead(date_deadline="2026-10-25")

        self._run_until("2026-10-24 23:59")
        self.assertFalse(self._get_runs(lead))
        for minute in ("00:00", "00:05", "01:00", "01:05"):
            self._run_until(f"2026-10-25 {minute}")

        self.assertExecutions(lead, [("Call", "done")])

    def test_29_february(self):
        """A month before 31 March 2028 is 29 February; a year after that is 28 February."""
        self._rule_before_deadline(1, trg_date_range_type="month")
        self._rule_before_deadline(12, trg_date_range_type="month", trg_date_range_mode="after", name="A year later")
        before, after = self._create_lead(date_deadline="2028-03-31"), self._create_lead(date_deadline="2028-02-29")

        self._run_until("2028-02-29 06:59")
        self.assertFalse(self._get_runs(before))
        self._run_until("2028-02-29 07:01")
        self.assertExecutions(before, [("Call", "done")])
        self._run_until("2029-02-28 06:59")
        self.assertFalse(self._get_runs(after).filtered(lambda run: run.rule_id.name == "A year later"))
        self._run_until("2029-02-28 07:01")

        self.assertTrue(self._get_runs(after).filtered(lambda run: run.rule_id.name == "A year later"))

    def test_zones_are_read_once_however_many_contacts(self):
        """Fails with a query per contact in ``_get_zones``."""
        partners = self.env["res.partner"].create(
            [{"name": f"Contact {i}", "tz": ("Europe/Paris", "Asia/Tokyo")[i % 2]} for i in range(40)]
        )
        leads = self._create_leads(40)
        for lead, partner in zip(leads, partners, strict=True):
            lead.partner_id = partner
        rule = self._rule_before_deadline(tz_from="contact", activate=False)
        counts = []
        for group in (leads[:2], leads):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            zones = rule._get_zones(group.ids)
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(*counts)
        self.assertEqual(set(zones.values()), {"Europe/Paris", "Asia/Tokyo"})
