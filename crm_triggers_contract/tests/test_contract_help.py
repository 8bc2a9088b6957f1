from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractHelp(ContractCommon):
    """The page of help about contracts (K61): « renouvellement de contrat »."""

    def test_page_is_about_the_models_that_presets_of_this_addon_are_for(self):
        """A misspelt model would never open it."""
        page = self.env.ref("crm_triggers_contract.help_contract").with_user(self.sam)
        presets = self.env["crm.trigger.preset"].search([("phase", "=", "contract")])

        self.assertEqual(set(page.model_names.split(",")), set(presets.mapped("model_name")))
        self.assertIn("Renewal", page.body)
