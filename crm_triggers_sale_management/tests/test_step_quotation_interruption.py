from unittest.mock import patch

from odoo.addons.crm_triggers.tests.committed import CommittedCase
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestStepQuotationInterruption(CommittedCase):
    def test_worker_killed_before_it_marked_makes_one_quotation(self):
        """Promise 1, K16, kill -9. Fails when ``_act`` commits what a step did before it marks, once the
        step is for quotations beside others; without that, ``_crm_trigger_get_quotation_refusal`` holds it as well."""
        with self._env() as env:
            partner = env["res.partner"].create({"name": self._testMethodName})
            product = env["product.product"].create({"name": "Desk", "type": "service"})
            lines = [Command.create({"product_id": product.id})]
            template = env["sale.order.template"].create({"name": "Office", "sale_order_template_line_ids": lines})
        self.addCleanup(self._clean_up_template, template.id, product.id, partner.id)
        step = {"kind": "quotation", "name": "Quotation", "quotation_template_id": template.id}
        rule_id = self._create_rule([{**step, "quotation_beside": True}], trigger="manual", filter_domain=False)
        (lead_id,) = self._create_leads(1)
        with patch("odoo.addons.crm_triggers.models.run.crm_trigger_run._drain"), self._env() as env:
            lead = env["crm.lead"].browse(lead_id)
            lead.partner_id = partner.id
            env["crm.trigger.rule"].browse(rule_id).enroll(lead, key="one")

        with self._worker_process("acted"):
            pass
        self._work()

        self.assertEqual(self._get_states(), {"done": 1})
        with self._env() as env:
            self.assertEqual(len(env["crm.lead"].browse(lead_id).order_ids), 1)

    def _clean_up_template(self, template_id, product_id, partner_id):
        with self._env() as env:
            env["crm.trigger.rule"].search([("name", "=", self._testMethodName)]).unlink()
            env["sale.order"].search([("partner_id", "=", partner_id)]).unlink()
            env["sale.order.template"].browse(template_id).unlink()
            env["product.product"].browse(product_id).unlink()
            env["crm.lead"].search([("partner_id", "=", partner_id)]).unlink()
            env["res.partner"].browse(partner_id).unlink()
