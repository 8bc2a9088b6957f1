import threading
from itertools import pairwise
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..committed import PATIENCE, CommittedCase


@tagged("post_install", "-at_install")
class TestStepPeopleWorkers(CommittedCase):
    """K25, K55: turns are fair and meetings apart, however many workers there are."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            groups = "base.group_user,sales_team.group_sale_salesman"
            users = [new_test_user(env, login=f"crm_triggers_turn_{name}", groups=groups) for name in "abc"]
            self.user_ids = [user.id for user in users]

    def _clean_up(self):
        result = super()._clean_up()
        with self._env() as env:
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()
        return result

    def _work_at_once(self, method):
        """Have two workers meet where they come to a method of the server action."""
        both, met = threading.Barrier(2), set()
        action = self.registry["ir.actions.server"]
        origin = getattr(action, method)

        def wait(record, *args, **kwargs):
            if threading.get_ident() not in met:
                met.add(threading.get_ident())
                both.wait(PATIENCE)
            return origin(record, *args, **kwargs)

        with patch.object(action, method, wait), self._thread(self._work):
            self._work()
        self.assertEqual(len(met), 2)

    def test_two_workers_plan_no_meetings_that_overlap(self):
        """K55: of one person. Fails without the lock in ``_find_crm_trigger_slots``."""
        self._plan_meetings(leads=60)

    def test_steps_of_two_rules_plan_no_meetings_that_overlap(self):
        """K55. Fails if only those of the same step wait for each other."""
        self._plan_meetings(leads=20, rules=2)

    def _plan_meetings(self, leads, rules=1):
        agenda = {"kind": "agenda", "name": "Plan", "agenda_title": self._testMethodName, "agenda_duration": 0.25}
        for _number in range(rules):
            self._create_rule([{**agenda, "responsible": "user", "responsible_id": self.user_ids[0]}])
        lead_ids = self._create_leads(leads)
        self._drag(lead_ids)

        self._work_at_once("_find_crm_trigger_slots")

        self.assertEqual(self._get_states(), {"done": leads * rules})
        with self._env() as env:
            events = env["calendar.event"].search([("name", "like", self._testMethodName)], order="start")
            spans = [(event.start, event.stop) for event in events]
            events.unlink()
        self.assertEqual(len(spans), leads * rules)
        self.assertFalse([one for one, other in pairwise(spans) if other[0] < one[1]])

    def test_two_workers_give_leads_in_turn(self):
        """Both are at the step at once, neither knows of the other's turn. Held twice: by the lock, and because
        who notes a turn second begins again. Fails without ``_note_crm_trigger_turns``."""
        assign = {"kind": "assign", "name": "Assign", "assign_method": "turn", "assign_keep": False}
        self._create_rule([{**assign, "assign_user_ids": [Command.set(self.user_ids)]}])
        lead_ids = self._create_leads(100)
        self._drag(lead_ids)
        self._work_at_once("_lock_crm_trigger_turns")

        self.assertEqual(self._get_states(), {"done": 100})
        with self._env() as env:
            leads = env["crm.lead"].browse(lead_ids)
            counts = sorted(len(group) for group in leads.grouped("user_id").values())
        self.assertEqual(counts, [33, 33, 34])
