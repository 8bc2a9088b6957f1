from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestNewRecords(CrmTriggersCommon):
    """Managers are shown which changes their rule cannot detect."""

    def test_fields_of_other_records_and_computed_ones_are_named(self):
        domain = [("partner_id.country_id", "!=", False), ("is_rotting", "=", True), ("tag_ids", "!=", False)]

        rule = self._create_rule(filter_domain=domain, activate=False)

        self.assertEqual(rule.unheard_fields, "Contact > Country, Rotting")

    def test_columns_and_tags_are_captured(self):
        rule = self._rule_on_offer()

        self.assertFalse(rule.unheard_fields)
