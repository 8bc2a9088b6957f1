from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestUnheard(CrmTriggersCommon):
    """Changes that no hook sees."""

    def test_condition_that_time_changes_on_what_is_no_date(self):
        """The month of a birthday, for instance. Fails without ``moving`` in ``_get_uncaptured_paths``."""
        rule = self._create_rule(filter_domain="[('color', '=', context_today().day), ('type', '=', 'opportunity')]")
        lead = self._create_lead(color=4)

        self._run_until("2026-02-04 09:00:00")

        self.assertExecutions(lead, [("Call", "done")])
        self.assertIn(self.env["crm.lead"]._fields["color"]._description_string(self.env), rule.unheard_fields)
        self.assertNotIn(self.env["crm.lead"]._fields["type"]._description_string(self.env), rule.unheard_fields)
