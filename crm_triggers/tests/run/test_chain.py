from datetime import datetime, timedelta

from odoo.addons.crm_triggers.models.acting import Acting
from odoo.addons.crm_triggers.models.run.crm_trigger_run import MAX_DEPTH
from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestChain(CrmTriggersCommon):
    """Rules that start one another: the chain is named, and ends."""

    def _create_circle(self):
        """Return two rules each of which sets what the other waits for."""
        return [
            self._create_rule(
                steps=[self._update("priority", other)], filter_domain=[("priority", "=", value)], name=name
            )
            for name, value, other in (("<b>Warm</b> up", "1", "2"), ("Cool down", "2", "1"))
        ]

    def _start(self, *leads):
        for lead in leads:
            lead.priority = "1"
            self._new_transaction()
        self._run_worker()

    def test_chain_is_named_on_the_run(self):
        """Fails without ``_compute_chain``."""
        self._rule_on_offer([self._update("priority", "3")], name="Offer made")
        self._create_rule(filter_domain=[("priority", "=", "3")], name="Very important")
        lead = self._create_lead(priority="0")

        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertEqual(self._get_runs(lead).mapped("chain"), ["Offer made", "Offer made → Very important"])

    def test_circle_is_stopped_with_the_chain_named(self):
        self._create_circle()
        lead = self._create_lead(priority="0")

        self._start(lead)

        last = self._get_runs(lead)[-1]
        self.assertEqual((last.depth, last.stop_reason), (MAX_DEPTH + 1, "depth"))
        self.assertEqual(last.chain, " → ".join(["<b>Warm</b> up", "Cool down"] * 6))

    def test_scenarios_that_hand_over_each_month_go_on(self):
        """Fails where depth counts all that ever led to a run."""
        monthly = {"delay_count": 1, "delay_unit": "months"}
        first = self._create_rule("manual", [self._task()], name="Odd months")
        second = self._create_rule("manual", [self._task()], name="Even months", activate=False)
        for scenario, other in ((first, second), (second, first)):
            switch = {"kind": "enroll", "name": "Hand over", "scenario_id": other.id, **monthly}
            scenario.write({"step_ids": [Command.clear(), Command.create(switch)]})
        second.action_activate()
        lead = self._create_lead()
        self._new_transaction()
        first.enroll(lead)

        for month in range(15):
            self._move_to(f"{2026 + (month + 2) // 12}-{(month + 2) % 12 + 1:02}-04 12:00:00")
            self._run_worker()

        runs = self._get_runs(lead)
        self.assertGreater(len(runs), 12)
        self.assertFalse(runs.filtered("stop_reason"))
        self.assertEqual(set(runs.mapped("depth")), {0, 1})
        self.assertEqual(runs[-1].chain.split(" → ")[0], "…")
        self.assertFalse((first | second).activity_ids)

    def test_record_of_a_long_chain_takes_no_other_of_its_batch_along(self):
        """What begins elsewhere counts as the deepest. Fails with the greatest depth of a batch for all of it."""
        doing = Acting(1, {5: 10, 6: 0}, {("crm.lead", 1): 5, ("crm.lead", 2): 6})

        self.assertEqual([doing.depth("crm.lead", res_id) for res_id in (1, 2, 3)], [11, 1, 11])

    def test_circle_that_takes_hours_is_stopped(self):
        """Ten within a day are close together."""
        slowly = {"delay_count": 2, "delay_unit": "hours"}
        for value, other in (("1", "2"), ("2", "1")):
            self._create_rule(
                steps=[self._update("priority", other, **slowly)],
                filter_domain=[("priority", "=", value)],
                keep_matching=False,
            )
        lead = self._create_lead(priority="0")
        lead.priority = "1"
        for hours in range(2, 26, 2):
            self._move_to(datetime(2026, 2, 2, 9, 1) + timedelta(hours=hours))
            self._run_worker()

        self.assertEqual(self._get_runs(lead)[-1].stop_reason, "depth")

    def test_owner_of_rules_in_a_circle_is_told_once(self):
        """Fails without ``_tell_of_loop``; once, whatever the number of records."""
        warm, cool = self._create_circle()
        leads = self._create_leads(3, priority="0")

        self._start(*leads)

        self.assertFalse(warm.activity_ids)
        self.assertEqual(len(cool.activity_ids), 1)
        self.assertEqual(cool.activity_ids.user_id, self.manager)
        self.assertIn("&lt;b&gt;Warm&lt;/b&gt; up → Cool down", cool.activity_ids.note)
        self.assertIn("Change the conditions", cool.activity_ids.note)

    def test_rule_does_not_start_by_what_it_does_itself(self):
        """Fails without ``hear_own`` in ``would_start``."""
        rule = self._create_rule(
            steps=[self._update("priority", "3")], filter_domain=[("priority", "=", "3")], keep_matching=False
        )
        lead = self._create_lead(priority="0")
        rule._enter({lead.id: "by hand"})

        self._run_worker()

        self.assertEqual(lead.priority, "3")
        self.assertEqual(len(self._get_runs(lead)), 1)

    def test_rule_starts_by_what_it_does_itself_when_told_so(self):
        rule = self._create_rule(
            steps=[self._update("priority", "3")],
            filter_domain=[("priority", "=", "3")],
            keep_matching=False,
            hear_own=True,
        )
        lead = self._create_lead(priority="0")
        rule._enter({lead.id: "by hand"})

        self._run_worker()

        self.assertEqual(self._get_runs(lead).mapped("depth"), [0, 1])

    def test_rule_that_starts_itself_for_ever_is_stopped_at_the_greatest_depth(self):
        """Each lead it makes is one more that starts it."""
        rule = self._create_rule(
            "create", [self._code("record.copy()")], user=self.admin, hear_own=True, name="Breeder"
        )

        self._create_lead()
        self._run_worker()

        self.assertEqual(rule.run_ids.sorted("depth").mapped("depth"), list(range(MAX_DEPTH + 2)))
        self.assertIn("Breeder → Breeder", rule.activity_ids.note)
