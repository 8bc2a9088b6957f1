from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ...engine.frequency import Pace
from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestExplain(CrmTriggersCommon):
    """Promise 5: for any record and rule, "why did it (not) fire?" has an answer.

    Each fails without the row or guard it asks for in ``explain``.
    """

    def setUp(self):
        super().setUp()
        self.lead = self._create_lead(expected_revenue=500)

    def _explain(self, rule, record=None, user=None):
        return rule.with_user(user or self.sam).explain(record or self.lead)

    def _get_guard(self, answer, key):
        return next(guard for guard in answer["guards"] if guard["key"] == key)

    def test_each_condition_with_the_value_seen(self):
        wanted = [("stage_id", "=", self.stage_offer.id), ("expected_revenue", ">", 100)]
        rule = self._create_rule(filter_domain=wanted)

        answer = self._explain(rule)

        stage, revenue = answer["conditions"]
        self.assertEqual(
            (stage["label"], stage["operator"], stage["wanted"], stage["seen"], stage["ok"]),
            ("Stage", "is", "Offer", "New", False),
        )
        self.assertEqual((revenue["operator"], revenue["seen"], revenue["ok"]), ("is more than", "500.00", True))
        self.assertFalse(answer["ok"])
        self.assertIn("does not meet the conditions", answer["verdict"])

    def test_choices_within_choices(self):
        domain = ["|", ("stage_id", "in", [self.stage_offer.id, self.stage_new.id]), "!", ("user_id.name", "!=", False)]
        rows = self._explain(self._create_rule(filter_domain=domain))["conditions"]
        self.assertEqual(
            [(row["depth"], row["kind"], row["ok"]) for row in rows],
            [(0, "any", True), (1, "leaf", True), (1, "not", False), (2, "leaf", True)],
        )
        self.assertEqual((rows[1]["wanted"], rows[3]["operator"], rows[3]["seen"]), ("Offer, New", "is set", "Sam"))

    def test_in_the_language_of_who_asks(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.sam.lang = "fr_FR"
        rule = self._rule_on_offer()
        row = self._explain(rule.with_context(lang="fr_FR"))["conditions"][0]
        self.assertEqual(
            row["label"],
            self.lead._fields["stage_id"].get_description(rule.with_user(self.sam).with_context(lang="fr_FR").env)[
                "string"
            ],
        )

    def test_value_that_may_not_be_seen(self):
        """Promise 8. Fails without ``_has_field_access`` in ``_explain_leaf``."""
        rule = self._create_rule(filter_domain=[("partner_id.signup_type", "=", "signup")], user=self.admin)
        row = self._explain(rule)["conditions"][0]
        self.assertIsNone(row["ok"])
        self.assertNotIn("signup", row["seen"])

    def test_value_within_a_condition_that_may_not_be_seen(self):
        """Promise 8: the fields that it asks of other records, and these themselves. Fails without ``_may_ask``."""
        signup = self._create_rule(
            filter_domain=[("partner_id", "any", [("signup_type", "=", "signup")])], user=self.admin
        )
        order = self._create_order(opportunity_id=self.lead.id).sudo()
        order.user_id = self.tom
        big = self._create_rule(filter_domain=[("order_ids", "any", [("amount_total", ">", 50)])])
        self._new_transaction()

        self.assertIsNone(self._explain(signup)["conditions"][0]["ok"])
        self.assertIsNone(self._explain(big)["conditions"][0]["ok"], "Tom's quotation")
        order.user_id = self.sam
        self.assertTrue(self._explain(big)["conditions"][0]["ok"])

    def test_rule_that_is_not_live(self):
        rule = self._rule_on_offer(activate=False)
        self.assertEqual(self._get_guard(self._explain(rule), "state")["detail"], "Draft")
        rule.active = False
        answer = self._explain(rule)
        self.assertEqual(self._get_guard(answer, "state")["detail"], "Archived")
        self.assertIn("Archived", answer["verdict"])

    def test_guards_of_the_record(self):
        rule = self._rule_on_offer(exclude_domain=[("expected_revenue", "<", 1000)], exclude_internal=True)
        self.partner.user_ids = [(4, self.tom.id)]
        self.lead.sudo().write({"company_id": False, "team_id": False})
        self.lead.action_crm_trigger_pause()
        self.lead.active = False
        answer = self._explain(rule)
        self.assertEqual(
            {guard["key"]: guard["ok"] for guard in answer["guards"]},
            {
                "state": True,
                "company": True,
                "colleague": False,
                "archived": False,
                "exception": False,
                "pause": False,
            },
        )
        self.assertIn("Sam", self._get_guard(answer, "pause")["detail"])
        self.assertTrue(answer["exceptions"][0]["ok"])

    def test_record_of_another_company(self):
        rule = self._rule_on_offer()
        self.lead.sudo().write({"company_id": self.company_b.id, "user_id": False, "team_id": False})
        answer = self._explain(rule, self.lead.sudo(), self.env.ref("base.user_root"))
        self.assertFalse(self._get_guard(answer, "company")["ok"])

    def test_once(self):
        rule = self._rule_on_offer(reentry="once")
        self.assertTrue(self._get_guard(self._explain(rule), "once")["ok"])
        self._drag(self.lead, self.stage_offer)
        guard = self._get_guard(self._explain(rule), "once")
        self.assertFalse(guard["ok"])
        self.assertIn("2026", guard["detail"])

    def test_rest_with_the_next_possible_time(self):
        rule = self._rule_on_offer(reentry="cooldown", cooldown_count=7)
        self._drag(self.lead, self.stage_offer)
        guard = self._get_guard(self._explain(rule), "rest")
        self.assertFalse(guard["ok"])
        self.assertIn("02/09/2026", guard["detail"])
        self._move_to("2026-02-09 09:00:01")
        self._run_worker()
        self.assertTrue(self._get_guard(self._explain(rule), "rest")["ok"])

    def test_limit_with_the_next_possible_time(self):
        rule = self._rule_on_offer(limit_count=2, limit_period="week")
        self._drag(self._create_leads(2), self.stage_offer)
        guard = self._get_guard(self._explain(rule), "limit")
        self.assertFalse(guard["ok"])
        self.assertIn("02/09/2026", guard["detail"])
        self._move_to("2026-02-08 23:00:00")
        self.assertTrue(self._get_guard(self._explain(rule), "limit")["ok"])

    def test_created_before_the_rule(self):
        rule = self._create_rule("create")
        self.assertFalse(self._get_guard(self._explain(rule), "new")["ok"])
        self.assertTrue(self._get_guard(self._explain(rule, self._create_lead()), "new")["ok"])

    def test_date(self):
        rule = self._create_rule("date", date="date_deadline", trg_date_range=2)
        self.assertEqual(self._explain(rule)["date"]["verdict"], "none")
        for day, verdict in (
            ("2026-02-20", "ahead"),
            ("2026-02-03", "history"),
            ("9999-12-31", "ahead"),
        ):
            self.lead.date_deadline = day
            self.assertEqual(self._explain(rule)["date"]["verdict"], verdict)
        self.lead.date_deadline = "2026-02-20"
        self.assertEqual(self._explain(rule)["date"]["due_at"], "2026-02-18 07:00:00")
        self._move_to("2026-02-18 09:00:00")
        self.assertEqual(self._explain(rule)["date"]["verdict"], "due")
        self._move_to("2026-03-18 09:00:00")
        answer = self._explain(rule)
        self.assertEqual((answer["date"]["verdict"], answer["ok"]), ("late", False))

    def test_runs_it_had(self):
        rule = self._rule_on_offer()
        self._drag(self.lead, self.stage_offer)
        self._drag(self.lead, self.stage_new)
        run = self._explain(rule)["runs"][0]
        self.assertEqual((run["state"], run["text"]), ("stopped", "The record no longer meets the conditions"))
        self._drag(self.lead, self.stage_offer)
        self.assertIn("It ran on", self._explain(rule)["verdict"])

    def test_nothing_in_the_way(self):
        self.assertIn("scenario", self._explain(self._create_rule("manual"))["verdict"])
        self._drag(self.lead, self.stage_offer)
        self.assertIn("starts to meet", self._explain(self._rule_on_offer())["verdict"])

    def test_conditions_that_cannot_be_looked_at(self):
        rule = self._rule_on_offer()
        self.env.cr.execute(
            "UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", ["[('gone_field', '=', 1)]", rule.id]
        )
        self.env.invalidate_all()
        answer = self._explain(rule)
        self.assertEqual((answer["ok"], answer["conditions"][0]["kind"]), (False, "error"))
        self.assertIn("gone_field", answer["conditions"][0]["label"])

    def test_only_what_one_may_read(self):
        """Promise 8."""
        rule = self._create_rule(company_id=False, user=self.admin)
        with self.assertRaises(AccessError):
            rule.with_user(self.zoe).explain(self.lead.id)
        with self.assertRaises(UserError):
            self._explain(rule, self.partner)


class TestPaceEnds(BaseCase):
    """The next possible time that explanations give is the first that counts."""

    def test_a_run_leaves_its_period(self):
        started_at = datetime(2026, 1, 31, 10)
        for period, leaves_at in (("day", (2026, 1, 31, 23)), ("week", (2026, 2, 6, 23)), ("month", (2026, 2, 28, 23))):
            pace = Pace(cooldown=0, unit="days", limit=1, period=period, tz="Europe/Paris")
            left = pace.leaves_at(started_at)
            self.assertEqual(left, datetime(*leaves_at))
            self.assertGreater(pace.counted_since(left), started_at)
