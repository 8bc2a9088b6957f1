from odoo import fields
from odoo.addons.crm_triggers.tests.gallery_case import GalleryCase
from odoo.addons.crm_triggers_contract.tests.common import ContractCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestRenewalGallery(ContractCommon, GalleryCase):
    """The ready rules on lines that renew themselves, and on those that do not (K47, K52)."""

    module = "crm_triggers_contract_line_successor"

    def setUp(self):
        super().setUp()
        self.sam.group_ids += self.env.ref("account.group_account_invoice")  # otherwise they are skipped

    def _create_both(self):
        """Return a contract renewed by hand, and one that renews itself, both to 1 April."""
        renewing = self._line("2026-04-01", is_auto_renew=True)
        return self._create_contract("2026-04-01"), self._create_contract(False, [renewing])

    def assertAsked(self, contract, summary, day):  # noqa: N802
        activity = contract.sudo().activity_ids
        self.assertEqual((activity.summary, activity.date_deadline), (summary, fields.Date.to_date(day)))

    def test_rule_line_ends(self):
        self._use("rule_line_ends")
        by_hand, renewing = self._create_both()

        self._run_until("2026-03-02 08:01")

        self.assertAsked(by_hand, "Renewal to be arranged", "2026-04-01")
        self.assertFalse(renewing.sudo().activity_ids)

    def test_rule_line_notice(self):
        self._use("rule_line_notice")
        by_hand, renewing = self._create_both()

        self._run_until("2026-02-14 08:01")

        self.assertAsked(renewing, "Renegotiate before automatic renewal", "2026-03-01")
        self.assertFalse(by_hand.sudo().activity_ids)

    def test_rule_contract_ends(self):
        self._use("rule_contract_ends")
        by_hand, renewing = self._create_both()

        self._run_until("2026-03-02 08:01")

        self.assertAsked(by_hand, "Renewal to be arranged", "2026-04-01")
        self.assertFalse(renewing.sudo().activity_ids)

    def _terminate(self, contract, day):
        reason = self.env["contract.terminate.reason"].create({"name": "Gone", "terminate_comment_required": False})
        self.accountant.group_ids += self.env.ref("contract_termination.can_terminate_contract")
        contract.with_user(self.accountant)._terminate_contract(reason, False, fields.Date.to_date(day))
        self._new_transaction()

    def test_terminated_contracts_are_left_alone(self):
        """Nobody who cancelled his contract is asked to renew it: the end moves to that day. With
        ``contract_termination``, which is in the tests' database. Fails without ``_add_initial_conditions``."""
        ready = self.env["crm.trigger.rule"].with_context(active_test=False)
        ready = ready.search([("is_template", "=", True), ("model_name", "=like", "contract.%")])
        self.assertGreaterEqual(len(ready), 6)
        rules = ready.browse(one.with_user(self.manager).action_use()["res_id"] for one in ready)
        rules.action_activate()
        self._new_transaction()
        for rule in rules:
            self.assertIn("is_terminated", rule.filter_domain)
        by_hand, renewing = self._create_both()
        for contract in (by_hand, renewing):
            self._terminate(contract, "2026-03-10")

        for moment in ("2026-02-08 09:00", "2026-02-09 09:00", "2026-03-02 09:00", "2026-03-11 09:00"):
            self._run_until(moment)

        self.assertFalse((by_hand | renewing).sudo().activity_ids)
        self.assertFalse(self._get_mails())
