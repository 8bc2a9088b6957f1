from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.assignment import by_capacity, take_turns, to_least_busy

STEADY = settings(
    derandomize=True, database=None, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow]
)
ids = st.integers(1, 9)
teams = st.sets(ids, min_size=1)
lasts = st.none() | ids
some = st.lists(st.sets(ids), max_size=30)


@tagged("post_install", "-at_install")
class TestEngineAssignment(BaseCase):
    """engine/assignment.py: who gets which record (K25)."""

    def test_turns_go_on_where_they_ended(self):
        everybody = [{1, 2, 3}] * 4

        self.assertEqual(take_turns(everybody, {3, 1, 2}, None), [1, 2, 3, 1])
        self.assertEqual(take_turns(everybody, {3, 1, 2}, 1), [2, 3, 1, 2])

    def test_turn_of_who_left_is_the_next_ones(self):
        self.assertEqual(take_turns([{1, 3}], {1, 3}, 2), [3])
        self.assertEqual(take_turns([{1, 3}], {1, 3}, 9), [1])

    def test_who_may_not_get_one_is_next(self):
        self.assertEqual(take_turns([{2}, {1, 2}, {1, 2}], {1, 2}, None), [2, 1, 2])
        self.assertEqual(take_turns([set(), {1}], {1}, None), [None, 1])

    def test_least_busy_evens_out(self):
        self.assertEqual(to_least_busy([{1, 2}] * 4, {1, 2}, None, {1: 2}), [2, 2, 1, 2])

    def test_capacity_is_filled_and_not_exceeded(self):
        everybody, nobody = [{1, 2}] * 5, [set()] * 5

        self.assertEqual(by_capacity(everybody, {1, 2}, None, {1: 1, 2: 3}, nobody), [2, 2, 1, 2, None])

    def test_preferred_comes_first(self):
        """A person gets the one record they prefer, even with capacity for only one."""
        given_to = by_capacity([{1, 2}, {1, 2}], {1, 2}, None, {1: 1, 2: 1}, [set(), {1}])

        self.assertEqual(given_to, [2, 1])

    @STEADY
    @given(st.integers(0, 60), teams, lasts)
    def test_turns_are_even(self, count, people, last):
        """Nobody gets two more than another, whoever was last before."""
        got = Counter(take_turns([people] * count, people, last))

        self.assertLessEqual(max(got.values(), default=0) - min(got[one] for one in people), 1)

    @STEADY
    @given(some, teams, lasts, st.dictionaries(ids, st.integers(-2, 5)))
    def test_only_who_may_gets_one(self, able, people, last, numbers):
        """And every record that someone may get is assigned, capacity permitting."""
        for name, result in (
            ("turns", take_turns(able, people, last)),
            ("busy", to_least_busy(able, people, last, numbers)),
            ("capacity", by_capacity(able, people, last, numbers, able)),
        ):
            self.assertEqual(len(result), len(able))
            for may, one in zip(able, result, strict=True):
                self.assertTrue(one in may & people or (one is None and (name == "capacity" or not may & people)))
        for one, count in Counter(result).items():
            self.assertTrue(one is None or count <= numbers.get(one, 0))

    @STEADY
    @given(st.integers(1, 40), teams, lasts, st.dictionaries(ids, st.integers(0, 5)))
    def test_least_busy_is_never_ahead(self, count, people, last, load):
        """The person who got one was not busier than any other at that moment."""
        now = {one: load.get(one, 0) for one in people}
        for one in to_least_busy([people] * count, people, last, load):
            self.assertEqual(now[one], min(now.values()))
            now[one] += 1
