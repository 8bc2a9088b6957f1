from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestUndated(CrmTriggersCommon):
    """A date rule shows which records it will never reach."""

    def test_date_rule_tells_how_many_records_have_no_date(self):
        """Promise 5: they never fall due."""
        rule = self._create_rule("date", date="date_deadline", filter_domain=[("user_id", "=", self.sam.id)])
        before = rule.with_user(self.manager).undated_count
        self._create_lead(date_deadline="2026-03-02")
        undated = self._create_lead()

        rule.invalidate_recordset()
        seen = rule.with_user(self.manager)

        self.assertEqual(seen.undated_count, before + 1)
        self.assertIn(undated, self.env["crm.lead"].search(seen.action_view_undated()["domain"]))
        self.assertEqual(self._rule_on_offer().undated_count, 0)

    def test_conditions_that_cannot_be_used_count_nothing(self):
        """Promise 3: the form opens. Fails without ``isolated`` in ``_compute_undated_count``."""
        rule = self._create_rule("date", date="date_deadline")
        self.env.cr.execute("UPDATE crm_trigger_rule SET filter_domain = '[(' WHERE id = %s", [rule.id])
        self.env.invalidate_all()

        self.assertEqual(rule.undated_count, 0)
