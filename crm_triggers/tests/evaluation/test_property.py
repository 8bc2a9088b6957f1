import os

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import tagged

from ..common import CrmTriggersCommon
from .life import MONDAY, Life

# `./dev torture lives` uses more, and different ones each time.
EXAMPLES = int(os.environ.get("CRM_TRIGGERS_EXAMPLES", "45"))
SEED = int(os.environ.get("CRM_TRIGGERS_SEED", "19"))
STEPS = 40
# Looking for the shortest life takes hours: Hypothesis ends that by the clock, which stands still in tests.
PHASES = [Phase.generate, *([Phase.shrink] if os.environ.get("CRM_TRIGGERS_SHRINK") else [])]


@tagged("post_install", "-at_install")
class TestProperty(CrmTriggersCommon):
    def test_whatever_happens_what_should_fire_fires_once(self):
        """Promises 1, 2, 4 and 7. What differs is told as the life that leads there, and as the shortest one
        with ``CRM_TRIGGERS_SHRINK=1``. Fails without the date in ``decision.occurrence``, ``activated_at`` in
        ``_activate``, ``row | old`` in ``_crm_trigger_capture``, or ``keep_matching`` in ``_guard_conditions``."""
        self._move_to(MONDAY)
        steps = [self._task("1", sequence=1), self._task("2", sequence=2, delay_count=1)]
        common = {"activate": False, "stop_domain": [("priority", "=", "3")]}
        self.rules = {
            "match": self._rule_on_offer(steps, **common),
            "create": self._rule_on_offer(steps, trigger="create", **common),
            "date": self._rule_on_offer(steps, trigger="date", date="date_deadline", trg_date_range=3, **common),
        }
        machine = seed(SEED)(type("Life", (Life,), {"test": self}))
        calm = settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            database=None,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=calm)
