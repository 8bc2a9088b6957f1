from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestTriggerMatchWho(CrmTriggersCommon):
    """Records to which a rule does not apply: exceptions, colleagues, other companies."""

    def test_match_except_leaves_records_alone(self):
        """Z20."""
        self._rule_on_offer(exclude_domain=[("priority", "=", "0")])
        unwanted, wanted = self._create_lead(priority="0"), self._create_lead(priority="2")

        self._drag(unwanted | wanted, self.stage_offer)

        self.assertFalse(self._get_runs(unwanted))
        self.assertExecutions(wanted, [("Call", "scheduled")])

    def test_match_contact_is_a_colleague_starts_nothing(self):
        """Z18: on by default. Fails without ``_get_colleague_domain`` in ``_get_conditions``."""
        self._rule_on_offer()
        lead = self._create_lead(partner_id=self.tom.partner_id.id)

        self._drag(lead, self.stage_offer)

        self.assertFalse(self._get_runs(lead))

    def test_match_contact_is_a_colleague_starts_run_when_wanted(self):
        self._rule_on_offer(exclude_internal=False)
        lead = self._create_lead(partner_id=self.tom.partner_id.id)

        self._drag(lead, self.stage_offer)

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_record_without_contact_starts_run(self):
        self._rule_on_offer()
        lead = self._create_lead(partner_id=False)

        self._drag(lead, self.stage_offer)

        self.assertExecutions(lead, [("Call", "scheduled")])

    def test_match_other_company_starts_nothing(self):
        """K22: a rule sees its company's records and those without one."""
        self._rule_on_offer()
        own, free = self._create_lead(), self._create_lead(company_id=False, team_id=False)
        other = self.env["crm.lead"].create({"name": "Lyon", "company_id": self.company_b.id, "user_id": self.zoe.id})

        self._drag((own | free | other).sudo(), self.stage_offer)

        self.assertEqual(self._get_runs(own | free | other).mapped("res_id"), [own.id, free.id])
