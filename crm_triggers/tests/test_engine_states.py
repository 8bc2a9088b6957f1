from odoo.tests import BaseCase, tagged

from ..engine.states import EXECUTION_STATES, RUN_STATES


@tagged("post_install", "-at_install")
class TestStates(BaseCase):
    def test_a_run_is_never_scheduled(self):
        self.assertNotIn("scheduled", RUN_STATES)
        self.assertIn("scheduled", EXECUTION_STATES)
