import json
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestRefresh(CrmTriggersCommon):
    """What an action changes appears on the open screens of those concerned."""

    def setUp(self):
        super().setUp()
        self._get_messages()  # those that tests with cursors of their own committed

    def _get_messages(self):
        """Return ``[(partner id, changed records)]`` of the notifications sent, in order, and delete them."""
        bus = self.env["bus.bus"].search([("message", "like", "crm_triggers/refresh")], order="id")
        messages = [(json.loads(line.channel)[2], json.loads(line.message)["payload"]) for line in bus]
        bus.unlink()
        return messages

    def test_who_dragged_the_card_and_whose_it_is(self):
        """Fails without ``_refresh_screens`` in ``Loop``."""
        self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead.with_user(self.manager), self.stage_offer)
        self._commit()
        told = dict(self._get_messages())
        self.assertEqual(told.keys(), {self.sam.partner_id.id, self.manager.partner_id.id})
        self.assertEqual(told[self.sam.partner_id.id], {"crm.lead": lead.ids})

    def test_saving_tells_nothing_of_what_is_only_planned(self):
        """A notification would add a connection to the save; the user's own screen reads the record again anyway."""
        self._rule_on_offer([self._task(delay_count=1)])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._commit()
        self.assertExecutions(lead, [("Call", "scheduled")])
        self.assertEqual(self._get_messages(), [])

    def test_one_message_for_a_batch_and_no_list_of_thousands(self):
        """Fails with a message per record."""
        self._rule_on_offer()
        self._drag(self._create_leads(101), self.stage_offer)
        self._run_worker()
        self.assertEqual(self._get_messages(), [(self.sam.partner_id.id, {"crm.lead": None})])

    def test_what_was_changed_elsewhere_and_made(self):
        self._rule_on_offer([{**self._task(), "target": "contact"}])
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._commit()
        (_partner, changed), *_rest = self._get_messages()
        self.assertEqual(changed, {"crm.lead": lead.ids, "res.partner": self.partner.ids})

    @mute_logger("odoo.addons.crm_triggers.models.isolation")
    def test_fault_undoes_no_step(self):
        """Fails without ``isolated`` in ``_refresh_screens``."""
        self._rule_on_offer()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        with patch("odoo.addons.crm_triggers.models.explanation.refresh._pack", side_effect=ValueError):
            self._run_worker()
        self.assertExecutions(lead, [("Call", "done")])
