from odoo import fields
from odoo.addons.mail.tests.common import MailCase
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContract(ContractCommon, MailCase):
    """A contract ends in thirty days.

    Its end is computed from its lines and stored: no ``write`` ever tells of it.
    """

    def test_contract_thirty_days_before_its_end_does_all_that_was_asked(self):
        """K47 to K51: the renewal task, the note to its salesperson, the send an email to the customer
        and the scenario."""
        self.sam.group_ids += self.env.ref("account.group_account_invoice")  # otherwise they are skipped
        scenario = self._create_rule("manual", [self._task("Call", delay_count=5)], model="res.partner")
        steps = [
            self._task("Renew", deadline_from="date", activity_date_deadline_range=30),
            self._note("The contract ends"),
            self._mail(self.env.ref("crm_triggers_contract.mail_template_contract_renewal")),
            {"kind": "enroll", "name": "Enroll", "scenario_id": scenario.id},
        ]
        self._rule_before_end(steps)
        contract = self._create_contract("2026-04-01")

        with self.mock_mail_gateway():
            self._run_until("2026-03-02 06:59")
            self.assertFalse(self._get_runs(contract))
            self._run_until("2026-03-02 07:01")

        self.assertExecutions(contract, [("Renew", "done"), ("Note", "done"), ("Mail", "done"), ("Enroll", "done")])
        self.assertRecordValues(
            contract.sudo().activity_ids,
            [{"user_id": self.sam.id, "date_deadline": fields.Date.to_date("2026-05-01")}],
        )
        note = contract.sudo().message_ids.filtered(lambda message: "The contract ends" in message.body)
        self.assertEqual(note.notified_partner_ids, self.sam.partner_id)
        mail = self._new_mails.filtered(lambda mail: mail.recipient_ids == self.partner)
        self.assertEqual((mail.state, mail.subject), ("outgoing", "Your contract Maintenance: its end on 04/01/2026"))
        self.assertExecutions(self.partner, [("Call", "scheduled")])

    def test_contract_mail_to_french_customer_is_in_french(self):
        """K50."""
        template = self.env.ref("crm_triggers_contract.mail_template_contract_renewal")
        template.with_context(lang="fr_FR").subject = "Votre contrat {{ object.name }} se termine"
        self.partner.lang = "fr_FR"
        self._rule_before_end([self._mail(template)])
        contract = self._create_contract("2026-04-01")

        with self.mock_mail_gateway():
            self._run_until("2026-03-02 07:01")

        self.assertExecutions(contract, [("Mail", "done")])
        mail = self._new_mails.filtered(lambda mail: mail.recipient_ids == self.partner)
        self.assertEqual(mail.subject, "Votre contrat Maintenance se termine")

    def test_contract_entered_late_fires_at_once(self):
        """K52: ten days before its end."""
        self._rule_before_end()

        contract = self._create_contract("2026-02-12")

        self.assertExecutions(contract, [("Renew", "scheduled")])

    def test_contract_already_within_the_window_at_activation_is_history(self):
        """Promise 4."""
        contract = self._create_contract("2026-02-12")

        self._rule_before_end()
        self._run_until("2026-02-03 09:00")

        self.assertFalse(self._get_runs(contract))

    def test_contract_prolonged_by_its_line_cancels_the_plan_and_comes_again(self):
        """K47: the end moves with the line, by recomputation. Fails without ``_write_multi``."""
        self._rule_before_end([self._task("Renew", delay_count=10)])
        contract = self._create_contract("2026-04-01")
        self._run_until("2026-03-02 07:01")
        self.assertExecutions(contract, [("Renew", "scheduled")])

        contract.contract_line_ids.date_end = "2027-04-01"
        self._new_transaction()
        self.assertExecutions(contract, [("Renew", "cancel")])
        self.assertStopped(contract, "date_moved")
        self._run_until("2027-03-02 07:01")

        self.assertExecutions(contract, [("Renew", "cancel"), ("Renew", "scheduled")])

    def test_contract_without_end_never_fires(self):
        self._rule_before_end()
        contract = self._create_contract(False)

        self._run_until("2027-03-02 07:01")

        self.assertFalse(self._get_runs(contract))

    def test_contracts_of_one_customer_enroll_him_once(self):
        """K51, K56: the customer is in the scenario already."""
        scenario = self._create_rule("manual", [self._task("Call", delay_count=5)], model="res.partner")
        self._rule_before_end([{"kind": "enroll", "name": "Enroll", "scenario_id": scenario.id}])
        one, other = self._create_contract("2026-04-01"), self._create_contract("2026-04-02")

        self._run_until("2026-03-02 07:01")
        self._run_until("2026-03-03 07:01")

        self.assertExecutions(one | other, [("Enroll", "done"), ("Enroll", "skipped", "already")])
        self.assertExecutions(self.partner, [("Call", "scheduled")])

    def test_contract_button_counts_what_rules_did(self):
        self._rule_before_end()
        contract = self._create_contract("2026-02-12")

        self.assertEqual(contract.crm_trigger_count, 1)

    def test_contract_log_is_hidden_from_who_may_not_read_contracts(self):
        """Promise 8: contracts are the accountants'."""
        self._rule_before_end()
        lines = self._get_executions(self._create_contract("2026-02-12"))

        self.assertFalse(lines.with_user(self.sam).search([("id", "in", lines.ids)]))
        with self.assertRaises(AccessError):
            lines.with_user(self.sam).read(["state"])

    def test_manager_changes_the_salesperson_of_a_contract_and_no_price(self):
        self._rule_before_end([self._update("user_id", self.tom.id)])

        with self.assertRaises(AccessError):
            self._rule_before_end([self._update("contract_line_ids.price_unit", 1)])
