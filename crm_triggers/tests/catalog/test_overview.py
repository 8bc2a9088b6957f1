from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestOverview(CrmTriggersCommon):
    """The cards of the rules: phase, last days, and what one finds a rule by."""

    def test_phase_follows_the_kind_of_record_until_somebody_says_otherwise(self):
        rules = self._create_rule(activate=False)
        for model in ("sale.order", "account.move", "res.partner", "crm.team"):
            rules += self._create_rule(model=model, steps=[self._note()], activate=False, user=self.admin)
        self.assertEqual(rules.mapped("phase"), ["opportunity", "quotation", "invoice", "contact", "other"])

        rules[0].with_user(self.manager).phase = "prospect"

        self.assertEqual(rules[0].copy().phase, "prospect")

    def test_phases_are_all_columns_in_the_order_of_the_process(self):
        """Fails without ``group_expand``."""
        self._create_rule()

        rules = self.env["crm.trigger.rule"].with_user(self.manager).with_context(read_group_expand=True)
        columns = [group["phase"] for group in rules.web_read_group([], ["phase"], ["__count"])["groups"]]

        self.assertEqual(columns, list(dict(self.env["crm.trigger.rule"]._fields["phase"].selection)))

    def test_last_30_days_counts_runs_per_day_today_last(self):
        rule = self._rule_on_offer()
        self._drag(self._create_leads(2), self.stage_offer)
        self._move_to("2026-02-04 09:00")
        self._drag(self._create_lead(), self.stage_offer)

        self.assertEqual(rule.with_user(self.manager).activity_30_days, [0] * 27 + [2, 0, 1])

        self._move_to("2026-03-04 09:00")
        self.assertEqual(rule.with_user(self.manager).activity_30_days, [0, 1] + [0] * 28)

    def test_last_30_days_are_those_of_who_looks(self):
        """Half past eleven in the evening in Paris is tomorrow in Tokyo. Fails with UTC's today
        in ``_compute_activity_30_days``."""
        self._move_to("2026-02-02 22:30")
        rule = self._rule_on_offer()
        self._drag(self._create_lead(), self.stage_offer)

        for moment, tz, place in (
            ("2026-02-02 22:45", "Europe/Paris", -1),
            ("2026-02-02 22:45", "Asia/Tokyo", -1),
            ("2026-02-03 05:00", "Europe/Paris", -2),
            ("2026-02-03 05:00", "Asia/Tokyo", -1),
            ("2026-03-04 05:00", "Asia/Tokyo", 0),
        ):
            with self.subTest(moment=moment, tz=tz):
                self._move_to(moment)
                counts = rule.with_context(tz=tz).activity_30_days
                self.assertEqual((counts[place], sum(counts)), (1, 1))

    def test_cards_of_many_rules_take_no_more_queries_than_of_one(self):
        """Fails when a count is asked rule by rule."""
        names = ["activity_30_days", "run_count", "planned_count", "error_count", "phase", "model_icon"]
        rules = self.env["crm.trigger.rule"]
        for _number in range(10):
            rules += self._rule_on_offer()
        self._drag(self._create_leads(2), self.stage_offer)
        rules = rules.with_user(self.manager)
        rules.read(names)

        def count(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.read(names)
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(rules), count(rules[0]))

    def test_rule_is_found_by_stage_kind_of_step_and_template(self):
        template = self._create_template()
        offer = self._rule_on_offer()
        mail = self._create_rule(steps=[self._task(), self._mail(template)])
        rules = self.env["crm.trigger.rule"].with_user(self.manager)
        ours = [("id", "in", (offer + mail).ids)]

        for domain, expected in (
            ([("stage_ids", "in", self.stage_offer.ids)], offer),
            ([("stage_ids", "ilike", "offer")], offer),
            ([("stage_ids", "=", self.stage_offer.id)], offer),
            ([("stage_ids", "in", self.stage_new.ids)], rules),
            ([("step_kind", "=", "mail")], mail),
            ([("step_template_id", "=", template.id)], mail),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(rules.search([*ours, *domain]), expected)

    def test_stages_of_broken_conditions_are_none(self):
        """The list opens all the same."""
        rule = self._rule_on_offer(activate=False)
        self.env.cr.execute("UPDATE crm_trigger_rule SET filter_domain = '[(' WHERE id = %s", [rule.id])
        self.env.invalidate_all()

        self.assertFalse(rule.stage_ids)

    def test_switch_on_the_card_says_what_is_missing(self):
        rule = self._create_rule(activate=False).with_user(self.manager)
        rule.step_ids.unlink()

        with self.assertRaisesRegex(UserError, "has no step yet"):
            rule.action_activate()

    def test_duplicate_opens_a_draft(self):
        rule = self._rule_on_offer().with_user(self.manager)

        action = rule.action_duplicate()

        copy = rule.browse(action["res_id"])
        self.assertEqual((copy.name, copy.state, copy.step_ids.name), ("Rule (copy)", "draft", "Call"))
