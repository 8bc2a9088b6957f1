from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractRenewal(ContractCommon):
    """K37, K47: the opportunity to renew a contract, before it ends."""

    def _renewal(self, **vals):
        return {"kind": "opportunity", "name": "Renew", **vals}

    def _get_renewals(self, contracts):
        return self.env["crm.lead"].search([("renewed_contract_id", "in", contracts.ids)], order="id")

    def test_k37_contract_gets_its_opportunity(self):
        """For the salesperson and company of the contract, in the team of the step, linked both ways."""
        self._rule_before_end([self._renewal(assign_team_id=self.team.id)])
        contract = self._create_contract("2026-03-04")
        self._run_until("2026-02-02 10:00")

        lead = self._get_renewals(contract)
        self.assertEqual(
            (lead.name, lead.type, lead.partner_id, lead.user_id, lead.team_id, str(lead.date_deadline)),
            ("Renewal: Maintenance", "opportunity", self.partner, self.sam, self.team, "2026-03-04"),
        )
        self.assertExecutions(contract, [("Renew", "done")])
        execution = self._get_executions(contract)
        self.assertEqual((execution.result_model, execution.result_id), ("crm.lead", lead.id))

    def test_k37_open_renewal_is_never_doubled(self):
        """Nor by another rule; one that was lost is no hindrance. Fails without ``renewed`` in
        ``_crm_trigger_create_renewals``."""
        self._rule_before_end([self._renewal()])
        self._rule_before_end([self._renewal()], days=20)
        self._rule_before_end([self._renewal()], days=10)
        contract = self._create_contract("2026-03-04")
        self._run_until("2026-02-02 10:00")
        self._run_until("2026-02-12 10:00")
        self.assertExecutions(contract, [("Renew", "done"), ("Renew", "skipped", "already")])

        lost = self._get_renewals(contract)
        lost.action_set_lost()
        self._run_until("2026-02-22 10:00")

        self.assertEqual(len(self._get_renewals(contract) - lost), 1)

    def test_renewal_is_for_who_is_there(self):
        """The salesperson of the contract has left, or works in another company: the next in turn. Fails without
        ``_get_owner``."""
        self.partner.user_id = self.tom
        elsewhere = {"company_id": self.company_b.id, "company_ids": [Command.set(self.company_b.ids)]}
        for gone, values in ((self.sam, {"active": False}), (self.accountant, elsewhere)):
            rule = self._rule_before_end([self._renewal()])
            contract = self._create_contract("2026-03-04")
            contract.sudo().user_id = gone
            gone.write(values)
            self._run_until("2026-02-02 10:00")

            with self.subTest(gone.login):
                self.assertExecutions(contract, [("Renew", "done")])
                self.assertEqual(self._get_renewals(contract).user_id, self.tom)
            rule.action_draft()
            gone.write({"active": True, "company_ids": [Command.link(self.company.id)]})
            self._move_to("2026-02-02 09:00")

    def test_archived_renewal_counts(self):
        """It is neither won nor lost. Fails without ``active_test``."""
        contract = self._create_contract("2026-03-04")
        self._rule_before_end([self._renewal()])
        self._run_until("2026-02-02 10:00")
        lead = self._get_renewals(contract)
        lead.probability = 40
        lead.with_context(active_test=False).write({"active": False})
        self.assertEqual(lead.won_status, "pending")
        self._rule_before_end([self._renewal()], days=20)

        self._run_until("2026-02-12 10:00")

        self.assertExecutions(contract, [("Renew", "done"), ("Renew", "skipped", "already")])

    def test_merged_renewal_counts(self):
        """Fails without ``_merge_get_fields``."""
        self._rule_before_end([self._renewal()])
        self._rule_before_end([self._renewal()], days=20)
        contract = self._create_contract("2026-03-04")
        self._run_until("2026-02-02 10:00")
        other = self._create_lead(probability=99).sudo()
        kept = (other | self._get_renewals(contract)).merge_opportunity()
        self.assertEqual((kept, kept.renewed_contract_id), (other, contract))

        self._run_until("2026-02-12 10:00")

        self.assertEqual(self._get_renewals(contract), kept)

    def test_k37_many_contracts_in_one_go(self):
        """As many queries as Odoo's own creation of the leads, and a few. Fails with a query for each
        contract in ``_crm_trigger_create_renewals``."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Renew",
                "state": "crm_opportunity",
                "model_id": self.env["ir.model"]._get_id("contract.contract"),
            }
        )
        contracts = self.env["contract.contract"].union(*(self._create_contract("2026-03-04") for _ in range(12)))
        contracts = contracts.sudo()
        action._crm_trigger_create_renewals(contracts[:2])
        own = self._count_queries(lambda: action._crm_trigger_create_renewals(contracts[2:]))
        values = [action._crm_trigger_prepare_renewal_values(contract) for contract in contracts[2:]]
        odoos = self._count_queries(lambda: self.env["crm.lead"].create(values))

        self.assertEqual(len(self._get_renewals(contracts)), 22)
        self.assertLess(own, odoos + 10)

    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_k37_server_action_by_itself(self):
        """Menus and automation rules may use it."""
        contract = self._create_contract("2026-03-04").sudo()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Renew",
                "state": "crm_opportunity",
                "model_id": self.env["ir.model"]._get_id("contract.contract"),
            }
        )
        action.with_context(active_model="contract.contract", active_ids=contract.ids).run()
        action.with_context(active_model="contract.contract", active_ids=contract.ids).run()

        self.assertEqual(len(self._get_renewals(contract)), 1)

    def test_team_of_another_company_is_refused(self):
        """Promise 8. Fails without ``_get_assign_refusal`` in ``_get_refusal``."""
        team = self.env["crm.team"].create({"name": "Lyon", "company_id": self.company_b.id})

        with self.assertRaisesRegex(
            ValidationError, "Rule “Rule”, step “Renew”: the team “Lyon” does not belong to the company"
        ):
            self._rule_before_end([self._renewal(assign_team_id=team.id)], company_id=self.company.id)

    def test_sentence_says_what_is_renewed(self):
        rule = self._rule_before_end([self._renewal(assign_team_id=self.team.id)], activate=False)

        self.assertIn("create the renewal opportunity, for the team “Paris”", rule.sentence)
