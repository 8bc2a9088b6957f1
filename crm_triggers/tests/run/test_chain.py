from odoo.addons.crm_triggers.models.run.crm_trigger_run import MAX_DEPTH
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
