import threading
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .committed import PATIENCE, CommittedCase


@tagged("post_install", "-at_install")
class TestStepAssignWorkers(CommittedCase):
    """K25: turns are fair however many workers take them."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            groups = "base.group_user,sales_team.group_sale_salesman"
            users = [new_test_user(env, login=f"crm_triggers_turn_{name}", groups=groups) for name in "abc"]
            self.user_ids = [user.id for user in users]

    def _clean_up(self):
        super()._clean_up()
        with self._env() as env:
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def test_two_workers_give_leads_in_turn(self):
        """Both are at the step at once, neither knows of the other's turn. Held twice: by the lock, and because
        who notes a turn second begins again. Fails without ``_note_crm_trigger_turns``."""
        assign = {"kind": "assign", "name": "Assign", "assign_method": "turn", "assign_keep": False}
        self._create_rule([{**assign, "assign_user_ids": [Command.set(self.user_ids)]}])
        lead_ids = self._create_leads(100)
        self._drag(lead_ids)
        both, met = threading.Barrier(2), set()
        action = self.registry["ir.actions.server"]
        origin = action._lock_crm_trigger_turns

        def lock(record):
            if threading.get_ident() not in met:
                met.add(threading.get_ident())
                both.wait(PATIENCE)
            return origin(record)

        with patch.object(action, "_lock_crm_trigger_turns", lock), self._thread(self._work):
            self._work()

        self.assertEqual(len(met), 2)
        self.assertEqual(self._get_states(), {"done": 100})
        with self._env() as env:
            leads = env["crm.lead"].browse(lead_ids)
            counts = sorted(len(group) for group in leads.grouped("user_id").values())
        self.assertEqual(counts, [33, 33, 34])
