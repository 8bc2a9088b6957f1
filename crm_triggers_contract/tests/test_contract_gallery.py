from odoo import fields
from odoo.addons.crm_triggers.tests.gallery_case import GalleryCase
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractGallery(ContractCommon, GalleryCase):
    """The ready rules on contracts."""

    module = "crm_triggers_contract"

    def setUp(self):
        super().setUp()
        self.sam.group_ids += self.env.ref("account.group_account_invoice")  # otherwise they are skipped

    def test_contract_ends(self):
        """K47 to K50."""
        self._use("contract_ends")
        contract = self._create_contract("2026-04-01")

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
        self.assertIn("Your contract Maintenance: its end on 04/01/2026", self._new_mails.mapped("subject"))

    def test_contract_whose_renewal_was_lost_is_asked_nothing(self):
        """Neither if it was lost before. Fails without ``is_renewal_lost`` in the conditions."""
        self._use("contract_ends")
        contract, lost, again = (self._create_contract("2026-04-01") for _number in range(3))
        renewal = {"name": "Renewal", "type": "opportunity"}
        self.env["crm.lead"].create(
            [{**renewal, "renewed_contract_id": one.id} for one in (contract, lost, again)]
        ).filtered(lambda lead: lead.renewed_contract_id != contract).action_set_lost()
        self.env["crm.lead"].create({**renewal, "renewed_contract_id": again.id})

        self._run_until("2026-03-02 07:01")

        self.assertEqual((contract | lost | again).mapped("is_renewal_lost"), [False, True, False])
        self.assertStopped(lost, "stop_domain")
        self.assertFalse(lost.sudo().activity_ids)
        self.assertEqual(len(self._new_mails.filtered(lambda mail: "its end on" in mail.subject)), 2)

    def test_contract_prolonged_after_all_is_renewed_the_year_after(self):
        """The renewal that was lost was about the end before. Fails without ``renewed_end``."""
        self._use("contract_ends")
        contract = self._create_contract("2026-04-01")
        self.env["crm.lead"].create(
            {"name": "Renewal", "type": "opportunity", "renewed_contract_id": contract.id}
        ).action_set_lost()
        self.assertTrue(contract.is_renewal_lost)

        contract.contract_line_ids.date_end = "2027-04-01"
        self._run_until("2027-03-02 07:01")

        self.assertFalse(contract.is_renewal_lost)
        self.assertTrue(contract.sudo().activity_ids)
        self.env["crm.lead"].create(
            {"name": "Renewal", "type": "opportunity", "renewed_contract_id": contract.id}
        ).action_set_lost()
        self.assertTrue(contract.is_renewal_lost)

    def test_contract_started(self):
        """K02: after the sale."""
        self._use("contract_started")
        contract = self._create_contract("2027-02-28")

        self._run_until("2026-03-04 09:05")

        self.assertEqual(contract.sudo().activity_ids.user_id, self.sam)

    def test_contract_ended(self):
        """K47, K52: a contract that is prolonged after all ends it."""
        self._use("contract_ended")
        contract, prolonged = (self._create_contract("2026-03-31") for _number in range(2))
        self._run_until("2026-04-01 07:05")
        self.assertEqual(contract.sudo().activity_ids.summary, "The contract has ended: ask why")
        prolonged.contract_line_ids.date_end = "2027-03-31"
        self._new_transaction()

        self._run_until("2026-06-01 07:10")

        self.assertEqual(self.partner.activity_ids.summary, "Contract ended two months ago: has anything changed?")
        self.assertStopped(prolonged, "date_moved")

    def test_rules_on_contracts_have_their_phase(self):
        rules = self._rule_before_end(activate=False) + self._rule_before_end(model="contract.line", activate=False)

        self.assertEqual(rules.mapped("phase"), ["contract"] * 2)
