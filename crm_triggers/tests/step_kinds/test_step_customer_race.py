import threading
from time import sleep
from unittest.mock import patch

from odoo.tests import tagged

from ..committed import PATIENCE, CommittedCase

EMAIL = "race@crm-triggers.example.com"


@tagged("post_install", "-at_install")
class TestStepCustomerRace(CommittedCase):
    """K45: never two customers for one email, with concurrent workers."""

    def _clean_up(self):
        result = super()._clean_up()
        with self._env() as env:
            env["res.partner"].search([("email", "=", EMAIL)]).unlink()
        return result

    def test_k45_two_workers_at_leads_of_the_same_email_make_one_customer(self):
        """The second waits for the first, and begins again. Fails without ``_reserve`` in ``_create_customers``."""
        self._create_rule([{"kind": "convert", "name": "Convert", "create_customer": True}])
        leads = self._meet_at_email(2)
        with self._env() as env:
            self.assertEqual(env["crm.lead"].browse(leads).mapped("type"), ["opportunity"] * 2)

    def test_k45_steps_of_two_rules_make_one_customer(self):
        """Of a lead and of an opportunity. Fails without the index ``_customer`` of executions."""
        only_if = "[('type', '=', '%s')]"
        convert = {"kind": "convert", "name": "Convert", "create_customer": True}
        self._create_rule([{**convert, "filter_domain": only_if % "lead"}])
        self._create_rule([{"kind": "customer", "name": "Customer", "filter_domain": only_if % "opportunity"}])
        self._meet_at_email(2, second="opportunity")

    def _meet_at_email(self, count, second="lead"):
        """Let two workers create a customer at the same time; return the ids of the leads.

        :param second: the type of the last one
        """
        lead_ids = self._create_leads(count)
        with self._env() as env:
            leads = env["crm.lead"].browse(lead_ids)
            leads.write({"type": "lead", "partner_id": False, "email_from": EMAIL, "contact_name": "Eve"})
            leads[-1].type = second
        self._drag(lead_ids)
        made, may_go = threading.Event(), threading.Event()
        origin = self.registry["ir.actions.server"]._crm_trigger_create_customers

        def create_customers(action, leads):
            origin(action, leads)
            action.env.flush_all()
            if not made.is_set():
                made.set()
                self.assertTrue(may_go.wait(PATIENCE))

        self.startPatcher(patch("odoo.addons.crm_triggers.models.queue.claim.HEAVY_BATCH", 1))
        self.startPatcher(
            patch.object(self.registry["ir.actions.server"], "_crm_trigger_create_customers", create_customers)
        )
        self.addCleanup(may_go.set)
        with self._thread(self._work):
            self.assertTrue(made.wait(PATIENCE))
            with self._thread(self._work):
                sleep(0.5)  # it comes to the same email meanwhile
                may_go.set()

        with self._env() as env:
            self.assertEqual(len(env["crm.lead"].browse(lead_ids).partner_id), 1)
            self.assertEqual(env["res.partner"].search_count([("email", "=", EMAIL)]), 1)
        return lead_ids
