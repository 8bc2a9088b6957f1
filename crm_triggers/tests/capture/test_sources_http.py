from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestSourcesHttp(HttpCase, CrmTriggersCommon):
    """Records made and changed from outside, over HTTP: the external API and the customer's portal."""

    def _post_json(self, url, payload, **headers):
        return self.url_open(url, json=payload, headers=headers)

    def test_lead_made_by_the_external_api_starts_a_run(self):
        """With an API key, as a form on another website does."""
        self._create_rule("create")
        key = self.env["res.users.apikeys"].with_user(self.sam).sudo()._generate("rpc", "form", False)

        answer = self._post_json(
            "/json/2/crm.lead/create", {"vals_list": [{"name": "From outside"}]}, Authorization=f"Bearer {key}"
        )
        self.env.invalidate_all()

        self.assertEqual(answer.status_code, 200, answer.text)
        lead = self.env["crm.lead"].browse(answer.json())
        self.assertExecutions(lead, [("Call", "scheduled")])
        self._run_worker()
        self.assertExecutions(lead, [("Call", "done")])

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_lead_made_by_the_external_api_is_kept_whatever_rules_say(self):
        """Promise 3."""
        rule = self._create_rule("create")
        self.env.cr.execute(
            "UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", ["[('x', '=', 1)]", rule.id]
        )
        self.env.invalidate_all()

        lead_ids = self.xmlrpc_object.execute_kw(
            self.env.cr.dbname, self.sam.id, "crm_triggers_sam", "crm.lead", "create", [[{"name": "From outside"}]]
        )
        self.env.invalidate_all()

        lead = self.env["crm.lead"].browse(lead_ids)
        self.assertEqual(lead.name, "From outside")
        self.assertStopped(lead, "undecided")

    def _create_quotation(self):
        order = self._create_order(require_signature=True, require_payment=False).sudo()
        order.action_quotation_sent()
        self._new_transaction()
        return order

    def _sign(self, order):
        """Sign as the customer, with the link and without an account."""
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept?access_token={order._portal_ensure_token()}",
            {"name": "Ada", "signature": PIXEL},
        )
        self.env.invalidate_all()
        self.assertTrue(answer.get("force_refresh"), answer)

    def test_quotation_signed_on_the_portal_starts_a_run_and_stops_its_follow_up(self):
        """K40: what follows is done by the system for the salesperson, not by the visitor."""
        follow_up = self._create_rule(
            steps=[self._task("Follow up", delay_count=3)], model="sale.order", filter_domain=[("state", "=", "sent")]
        )
        signed = self._create_rule(model="sale.order", filter_domain=[("signed_on", "!=", False)])
        order = self._create_quotation()

        self._sign(order)
        self._run_worker()

        self.assertEqual(order.state, "sale")
        self.assertEqual(follow_up.run_ids.stop_reason, "unmatched")
        self.assertEqual(signed.run_ids.execution_ids.state, "done")
        self.assertEqual(order.activity_ids.user_id, self.sam)
        self.assertNotEqual(order.activity_ids.create_uid, self.env.ref("base.public_user"))

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_quotation_is_signed_whatever_rules_say(self):
        """Promise 3."""
        rules = self.env["crm.trigger.rule"]
        for _i in range(2):
            rules |= self._create_rule(model="sale.order", filter_domain=[("signed_on", "!=", False)])
        order = self._create_quotation()
        for rule, domain in zip(rules, ("[(", "[('x_gone', '=', 1)]"), strict=True):
            self.env.cr.execute("UPDATE crm_trigger_rule SET filter_domain = %s WHERE id = %s", [domain, rule.id])
        self.env.invalidate_all()

        self._sign(order)

        self.assertEqual((order.state, order.signed_by), ("sale", "Ada"))
