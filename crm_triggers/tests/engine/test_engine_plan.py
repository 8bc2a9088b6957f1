from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.plan import ahead, following, in_order, next_step
from .test_engine_schedule_properties import STEADY

KEYS = st.sets(st.tuples(st.integers(-3, 30), st.integers(1, 40)), max_size=8)


@tagged("post_install", "-at_install")
class TestEnginePlan(BaseCase):
    """Which step follows which; a step is ``(sequence, id)``."""

    def test_two_steps_in_the_same_place_go_by_their_number(self):
        self.assertEqual(in_order([(20, 1), (10, 7), (10, 3)]), [(10, 3), (10, 7), (20, 1)])

    def test_nothing_follows_the_last_step_nor_comes_first_of_none(self):
        self.assertIsNone(next_step([(10, 1), (20, 2)], after=(20, 2)))
        self.assertIsNone(next_step([]))
        self.assertEqual(following([], after=(10, 1)), [])

    def test_a_step_that_is_gone_still_says_what_follows_it(self):
        self.assertEqual(next_step([(10, 1), (30, 3)], after=(20, 2)), (30, 3))

    def test_a_run_with_nothing_planned_has_all_steps_ahead(self):
        steps = [(-1, 4), (10, 1)]

        self.assertEqual(ahead(steps, []), steps)
        self.assertEqual(ahead(steps, [(-1, 4)]), [(10, 1)])

    def test_a_step_moved_before_what_is_planned_is_not_ahead(self):
        """Fails with ``min`` in ``ahead``."""
        self.assertEqual(ahead([(5, 9), (10, 1), (20, 2), (30, 3)], [(10, 1), (20, 2)]), [(30, 3)])

    @STEADY
    @given(KEYS)
    def test_going_from_step_to_step_meets_each_once_in_order(self, steps):
        met, step = [], next_step(steps)
        while step:
            met.append(step)
            step = next_step(steps, after=step)

        self.assertEqual(met, sorted(steps))
