from odoo.addons.crm_triggers.tests.preset_case import PresetCase
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractPreset(ContractCommon, PresetCase):
    """Contracts by their words: those with customers only."""

    def test_each_preset_starts_a_run_when_it_happens_and_not_before(self):
        """K47. Fails for a preset whose conditions or date are wrong, and for one without a proof."""
        self._check_presets("crm_triggers_contract")

    def _create_purchase(self, date_end="2026-04-01"):
        return self._create_contract(date_end, contract_type="purchase")

    def _make_contract_created(self):
        yield self._create_purchase()
        yield self._create_contract("2026-04-01")

    def _make_contract_ends(self):
        contract = self._create_contract("2026-04-01")
        self._create_purchase()
        yield self._run_until("2026-03-01 12:00:00")
        self._run_until("2026-03-02 12:00:00")
        yield contract

    def _make_contract_ended(self):
        contract = self._create_contract("2026-03-01")
        yield self._run_until("2026-03-01 12:00:00")
        self._run_until("2026-03-02 12:00:00")
        yield contract

    def _make_contract_invoiced_next(self):
        contract = self._create_contract("2026-04-01")
        yield self._run_until("2026-02-21 12:00:00")
        self._run_until("2026-02-22 12:00:00")
        yield contract

    def _make_contract_line_created(self):
        yield self._create_purchase()
        yield self._create_contract("2026-04-01").contract_line_ids

    def _make_contract_line_ends(self):
        contract = self._create_contract(False, [self._line("2026-04-01"), self._line("2026-06-01")])
        yield self._run_until("2026-03-01 12:00:00")
        self._run_until("2026-03-02 12:00:00")
        yield contract.contract_line_ids[0]
