from odoo import fields
from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractGallery(ContractCommon, MailCase):
    """The ready rule on contracts: used, activated, and fired by a date."""

    def test_contract_ends(self):
        """K47 to K50."""
        self.sam.group_ids += self.env.ref("account.group_account_invoice")  # or he is passed over
        ready = self.env.ref("crm_triggers_contract.template_contract_ends").with_user(self.manager)
        rule = ready.browse(ready.action_use()["res_id"])
        rule.action_activate()
        self._new_transaction()
        contract = self._create_contract("2026-04-01")

        with self.mock_mail_gateway():
            self._run_until("2026-03-02 07:01")

        self.assertExecutions(
            contract,
            [
                ("Notify the salesperson", "done"),
                ("Plan the renewal, due when the contract ends", "done"),
                ("Renewal email to the customer", "done"),
            ],
        )
        self.assertEqual(contract.sudo().activity_ids.date_deadline, fields.Date.to_date("2026-04-01"))
        self.assertIn("Your contract Maintenance ends soon", self._new_mails.mapped("subject"))

    def test_rules_on_contracts_have_their_phase(self):
        rules = self._rule_before_end(activate=False) + self._rule_before_end(model="contract.line", activate=False)

        self.assertEqual(rules.mapped("phase"), ["contract"] * 2)
