from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..signals.test_signal_record import SignalCase


class SignalRuleCase(SignalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.called = cls.env.ref("crm_triggers.signal_type_phone_called")

    def _create_signal_rule(self, **vals):
        rule = self._create_rule("signal", **{"filter_domain": [("won_status", "=", "pending")], **vals})
        self._wait(seconds=1)
        return rule

    def _wait(self, **time):
        self.clock.tick(timedelta(**time))
        self._new_transaction()

    def _act(self, records=None, **kwargs):
        """Record a signal, and let the clock read it."""
        signals = self._record(records, **kwargs)
        self._run_sweep()
        return signals


@tagged("post_install", "-at_install")
class TestSignalRule(SignalRuleCase):
    """Rules started by what contacts do."""

    def test_each_signal_starts_it_for_the_open_opportunities_of_the_contact(self):
        """Z01, Z14."""
        lead, lost, other = self._enter_lead(), self._enter_lead(), self._enter_lead(partner_id=False)
        lost.action_set_lost()
        rule = self._create_signal_rule(signal_type_ids=self.called.ids)
        self._act(code="phone_called", key="a")
        self._act(code="phone_called", key="a")
        self._act(code="fair_met")
        self.assertEqual(rule.run_ids.mapped("res_id"), lead.ids)
        self._act(code="phone_called", key="b")
        self.assertEqual(rule.run_ids.mapped("res_id"), lead.ids * 2)
        self._run_worker()
        self.assertExecutions(lead, [("Call", "done")] * 2)
        self.assertFalse(self._get_runs(lost | other))

    def test_signal_on_a_lead_concerns_this_lead_only(self):
        lead, other = self._enter_lead(), self._enter_lead()
        rule = self._create_signal_rule()
        contacts = self._create_rule("signal", model="res.partner", filter_domain=[])
        self._wait(seconds=1)
        self._act(lead)
        self.assertEqual(rule.run_ids.mapped("res_id"), lead.ids)
        self.assertEqual(contacts.run_ids.mapped("res_id"), self.partner.ids)
        self.assertFalse(self._get_runs(other))

    def test_several_within_a_window(self):
        """Z15, Z16. Once for a window, whatever comes more."""
        lead = self._enter_lead()
        rule = self._create_signal_rule(signal_count=3, signal_window_count=7)
        for days, runs in ((0, 0), (3, 0), (3, 1), (0, 1), (0.5, 1), (8, 1), (1, 1), (1, 2)):
            self._wait(days=days)
            self._act(lead)
            self.assertEqual(len(rule.run_ids), runs, days)
            self._run_sweep()
            self.assertEqual(len(rule.run_ids), runs)

    def test_points_within_a_day(self):
        """Z34."""
        lead, other = self._enter_lead(), self._enter_lead()
        rule = self._create_signal_rule(signal_count=0, signal_points=15)
        self._act(code="fair_met")
        self._wait(hours=25)
        self._act(code="phone_called")
        self._act(code="phone_called")
        self.assertFalse(rule.run_ids)
        self._act(other, code="phone_called")
        self.assertEqual(rule.run_ids.mapped("res_id"), other.ids, "what concerns another lead does not count")
        self._act(code="phone_called")
        self.assertEqual(set(rule.run_ids.mapped("res_id")), {other.id, lead.id})

    def test_own_signals_and_those_of_the_contact_count_together(self):
        lead = self._enter_lead()
        rule = self._create_signal_rule(signal_count=2)
        self._act(lead)
        self._act()
        self.assertEqual(rule.run_ids.mapped("res_id"), lead.ids)

    def test_machines_and_typed_addresses_are_left_out_unless_wanted(self):
        lead = self._enter_lead()
        rule = self._create_signal_rule()
        every = self._create_signal_rule(signal_machines=True, signal_typed=True)
        for kwargs in ({"actor": "machine"}, {"actor": "doubtful"}, {"identity": "typed"}):
            self._act(lead, **kwargs)
        self.assertEqual((len(rule.run_ids), len(every.run_ids)), (0, 3))

    def test_words_of_the_details(self):
        lead = self._enter_lead()
        rule = self._create_signal_rule(signal_words="lyon É")
        self._act(lead, fair="Paris É")
        self._act(lead, fair="LYON é 2026")
        self.assertEqual(len(rule.run_ids), 1)

    def test_colleagues_on_demand(self):
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        ada, bob = self.env["res.partner"].create([{"name": name, "parent_id": company.id} for name in ("Ada", "Bob")])
        lead, bobs = self._enter_lead(partner_id=ada.id), self._enter_lead(partner_id=bob.id)
        alone, together = self._create_signal_rule(), self._create_signal_rule(signal_company=True)
        self._act(bob)
        self.assertEqual(alone.run_ids.mapped("res_id"), bobs.ids)
        self.assertEqual(set(together.run_ids.mapped("res_id")), {lead.id, bobs.id})

    def test_nothing_of_before_the_activation_starts_it(self):
        """Promise 4; but it counts in the window."""
        lead = self._enter_lead()
        self._act(lead)
        self._wait(seconds=1)
        rule, two = self._create_signal_rule(), self._create_signal_rule(signal_count=2)
        self._run_sweep()
        self._act(lead, occurred_at="2026-01-15 08:00:00")
        self.assertFalse(rule.run_ids | two.run_ids)
        self._act(lead)
        self.assertEqual((len(rule.run_ids), len(two.run_ids)), (1, 1))

    def test_late_signal_is_noted(self):
        """Promise 2: a source that was down for a week."""
        lead = self._enter_lead()
        rule = self._create_signal_rule(late_days=3)
        self._wait(days=10)
        self._act(lead, occurred_at="2026-02-03 08:00:00")
        self.assertStopped(lead, "late")
        self.assertEqual(len(rule.run_ids), 1)

    def test_repeat_settings_and_test_mode(self):
        lead = self._enter_lead()
        once = self._create_signal_rule(reentry="once")
        rests = self._create_signal_rule(reentry="cooldown", cooldown_count=2, cooldown_unit="days")
        trial = self._create_signal_rule(activate=False)
        trial.action_test()
        self._wait(seconds=1)
        for _time in range(2):
            self._act(lead)
            self._wait(hours=1)
        self.assertEqual((len(once.run_ids), rests.run_ids.mapped("stop_reason")), (1, ["cooldown", False]))
        self._run_worker()
        self.assertEqual(set(trial.run_ids.execution_ids.mapped("skip_reason")), {"test"})

    def test_company_of_the_signal(self):
        """Promise 8: what a contact does in one company starts nothing in another."""
        mine, theirs = self._enter_lead(), self._enter_lead(company_id=self.company_b.id)
        company = {"company_id": self.company_b.id, "team_id": False, "user_id": False}
        order = self.env["sale.order"].create({"partner_id": self.partner.id, **company})
        self._new_transaction()
        every = self._create_rule("signal", user=self.admin, company_id=False, filter_domain=[])
        self._wait(seconds=1)
        self._act(order)
        self.assertEqual(every.run_ids.mapped("res_id"), theirs.ids)
        self._act(self.partner)
        self.assertEqual(len(self._get_runs(mine)), 1)

    def test_rule_of_a_company_on_shared_contacts(self):
        """Promise 8. Fails without the company in ``_sql_signals``: the contact belongs to no company."""
        theirs = self._enter_lead(company_id=self.company_b.id)
        rule = self._create_rule("signal", model="res.partner", filter_domain=[])
        self._wait(seconds=1)
        self._act(theirs)
        self.assertFalse(rule.run_ids)
        told = rule.with_user(self.manager).explain(self.partner)
        self.assertNotIn("the last one", told["verdict"])
        self._act(self._enter_lead())
        self.assertEqual(rule.run_ids.mapped("res_id"), self.partner.ids)

    def test_late_start_does_not_hold_back_the_next(self):
        lead = self._enter_lead()
        rule = self._create_signal_rule(signal_count=2, signal_window_count=7, late_days=1)
        self._wait(days=4)
        for hour in (8, 9):
            self._act(lead, occurred_at=f"2026-02-03 0{hour}:00:00")
        self.assertEqual(rule.run_ids.mapped("stop_reason"), ["late"])
        self._act(lead)
        self.assertEqual(len(rule.run_ids), 2)

    def test_rule_that_changes_starts_anew(self):
        lead = self._enter_lead()
        rule = self._create_signal_rule(signal_type_ids=self.called.ids)
        self._record(lead)
        self._wait(seconds=1)
        rule.with_user(self.manager).signal_type_ids = self.fair
        self._wait(seconds=1)
        self._act(lead)
        self.assertLessEqual(len(rule.run_ids), 2)

    def test_many_signals_in_a_few_queries(self):
        partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(400)])
        leads = self.env["crm.lead"].create([{"name": "L", "partner_id": one.id, "team_id": False} for one in partners])
        rule = self._create_signal_rule(signal_count=2)
        self._record(partners)
        self._record(partners)
        rule = rule.sudo().with_user(1)
        with self.assertQueryCount(__system__=60):
            rule._sweep_signals(500)
        rule._sweep_signals(500)
        self.assertEqual(set(rule.run_ids.mapped("res_id")), set(leads.ids))

    def test_signals_are_read_on_in_a_restored_database(self):
        """Another PostgreSQL counts its transactions anew: nothing is missed, and old ones are not read for ever."""
        lead = self._enter_lead()
        rule = self._create_signal_rule(signal_type_ids=self.called.ids)
        self._act(lead, code="phone_called")
        reader = self.env["crm.trigger.signal.reader"].search([("rule_id", "=", rule.id)])
        far = str(int(reader.since) + 10_000_000)
        self._record(lead, code="phone_called")
        self.env.cr.execute("UPDATE crm_trigger_signal SET txid = %s", [int(far) + 5])
        reader.since = far
        self._wait(hours=1)
        self._act(lead, code="phone_called")
        self.assertEqual(len(rule.run_ids), 3)
        self.assertLess(int(reader.since), int(far))
        self._act(lead, code="phone_called")
        self.assertEqual(len(rule.run_ids), 4)
        self.assertFalse(reader.with_user(1)._read(SQL("txid >= %s", int(far)), 10))

    def test_explanation_counts(self):
        """Promise 5: 2 of 3 signals so far, and what was left out."""
        lead = self._enter_lead(user_id=self.sam.id)
        rule = self._create_signal_rule(signal_count=3, signal_window_count=7)
        self._act(lead)
        self._act(lead)
        self._act(lead, actor="machine")
        told = rule.with_user(self.sam).explain(lead)
        self.assertFalse(told["ok"])
        self.assertIn("2 of 3 signals within 7 days", told["verdict"])
        self.assertIn("left out, by machines or typed-in addresses: 1", told["verdict"])
        self._act(lead)
        self.assertTrue(rule.with_user(self.sam).explain(lead)["ok"])
        points = self._create_signal_rule(signal_count=0, signal_points=50)
        self.assertIn("30 of 50 points within 1 day", points.with_user(self.sam).explain(lead)["verdict"])
        single = self._create_signal_rule(signal_type_ids=self.called.ids)
        self.assertIn("has not yet given the signals", single.with_user(self.sam).explain(lead)["verdict"])
        self.assertIn("Met at a fair", rule._get_run_origin(rule.run_ids))

    def test_sentence(self):
        for vals, expected in (
            ({}, "When the contact gives a signal (any signal, Lead / Opportunity)"),
            (
                {"signal_type_ids": [self.called.id, self.fair.id], "signal_count": 3, "signal_window_count": 7},
                "When the contact gives 3 signals within 7 days (“Met at a fair” or “Called us”, Lead",
            ),
            (
                {"signal_count": 0, "signal_points": 5, "signal_words": "Lyon", "signal_company": True},
                "reaches 5 points within 1 day (any signal, containing “Lyon”, also of colleagues, Lead / Opportunity)",
            ),
        ):
            rule = self._create_rule("signal", activate=False, **vals)
            self.assertIn(expected, rule.sentence)

    def test_what_cannot_start_is_refused(self):
        for vals, text in (
            ({"signal_count": 0}, "either a number of signals or a number of points"),
            ({"signal_count": 2, "signal_points": 2}, "either a number"),
            ({"signal_count": -1}, "either a number"),
            ({"signal_count": 2, "signal_window_count": 0}, "up to ten years"),
            ({"signal_count": 2, "signal_window_count": 100_000, "signal_window_unit": "hours"}, "up to ten years"),
        ):
            with self.subTest(**vals), self.assertRaisesRegex(ValidationError, f"“Rule”.*{text}"):
                self._create_rule("signal", activate=False, **vals)
        rule = self._create_rule("signal", activate=False, signal_type_ids=self.called.ids)
        self.called.active = False
        with self.assertRaisesRegex(UserError, "“Rule”.*types are archived: Called us"):
            rule.action_activate()
        with self.assertRaisesRegex(UserError, "These rules wait.*Rule"):
            self.called.unlink()
        self._record()
        with self.assertRaisesRegex(UserError, "archive it instead.*fair"):
            self.fair.unlink()

    def test_archived_type_is_not_any_type(self):
        """Fails without the context of the field: the rule started for all signals."""
        lead = self._enter_lead()
        rule = self._create_signal_rule(signal_type_ids=self.called.ids)
        self.called.active = False
        self._new_transaction()
        self._act(lead)
        self.assertFalse(rule.run_ids)

    def test_manager_builds_it_from_a_preset(self):
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.preset_id = self.env.ref("crm_triggers.preset_lead_interest")
        self.assertEqual((form.trigger, form.signal_count, form.signal_points), ("signal", 0, 10))
        form.signal_points = 20
        self.assertEqual(form.preset_id, self.env.ref("crm_triggers.preset_lead_interest"))
        form.preset_id = self.env.ref("crm_triggers.preset_lead_portal_login")
        self.assertEqual((form.signal_count, form.signal_points), (1, 0))
        self.assertEqual(form.signal_type_ids[:], self.env.ref("crm_triggers.signal_type_portal_login"))
