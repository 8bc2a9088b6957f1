from datetime import datetime
from itertools import product

from odoo.tests import BaseCase, tagged

from ..engine.decision import Change, Listener, Watch, net_changes, occurrence, starting, stop_reason
from ..engine.states import STOP_DOMAIN, STOP_MOVED, STOP_UNMATCHED

MOMENT = datetime(2026, 2, 2, 9, 0, 0, 7)


@tagged("post_install", "-at_install")
class TestEngineDecision(BaseCase):
    """The laws of what starts and stops, on sets of ids."""

    def test_starting_table(self):
        """Each case: trigger, what happened, the ids that start.

        Fails without ``- change.before`` (match) and ``& change.due`` (date) in ``starting``.
        """
        cases = [
            ("create", Change(created={1, 2}, after={1}), {1}),
            ("create", Change(before=set(), after={1}), set()),
            ("match", Change(before={1, 2}, after={2, 3}), {3}),
            ("match", Change(created={4}, after={4}), {4}),
            ("match", Change(before={1}, after=set()), set()),
            ("date", Change(after={1}, dated={1}, before={1}, due={1}), {1}),
            ("date", Change(after={1}, dated={1}, before={1}, due=set()), set()),
            ("date", Change(after={1}, before=set(), due={1}), {1}),
            ("date", Change(after={1}, before={1}, due={1}), set()),
            ("date", Change(after=set(), dated={1}, due={1}), set()),
            ("manual", Change(created={1}, after={1}, dated={1}, due={1}), set()),
        ]
        for trigger, change, expected in cases:
            with self.subTest(trigger=trigger, change=change):
                self.assertEqual(set(starting(trigger, change)), expected)

    def test_starting_match_is_exactly_the_step_from_no_to_yes(self):
        """All sixteen ways in which two records can match before and after."""
        subsets = [set(), {1}, {2}, {1, 2}]
        for before, after in product(subsets, subsets):
            with self.subTest(before=before, after=after):
                change = Change(before=before, after=after)
                self.assertEqual(set(starting("match", change)), {i for i in after if i not in before})

    def test_stop_reason_of_record_still_matching_is_none(self):
        self.assertIsNone(stop_reason(matches=True, keep_matching=True, reached_stop=False, moved=False))

    def test_stop_reason_unmatched_only_counts_while_conditions_must_hold(self):
        given = {"matches": False, "reached_stop": False, "moved": False}

        self.assertEqual(stop_reason(keep_matching=True, **given), STOP_UNMATCHED)
        self.assertIsNone(stop_reason(keep_matching=False, **given))

    def test_stop_reason_several_names_the_most_telling(self):
        """ "Stop when" tells most, then the moved date, then the conditions."""
        given = {"matches": False, "keep_matching": True}

        self.assertEqual(stop_reason(reached_stop=True, moved=True, **given), STOP_DOMAIN)
        self.assertEqual(stop_reason(reached_stop=False, moved=True, **given), STOP_MOVED)

    def test_occurrence_once_is_the_same_for_ever(self):
        """Z25."""
        self.assertEqual(
            occurrence("once", happened_at=MOMENT), occurrence("once", happened_at=MOMENT, date_value="2026-03-01")
        )

    def test_occurrence_of_a_date_is_its_value(self):
        self.assertEqual(occurrence("occurrence", happened_at=MOMENT, date_value="2026-03-01"), "2026-03-01")

    def test_occurrence_of_a_change_is_its_transaction(self):
        self.assertEqual(occurrence("occurrence", happened_at=MOMENT), "2026-02-02 09:00:00.000007")

    def test_net_changes_value_put_back_is_no_change(self):
        old = {1: {"stage": 5}, 2: {"stage": 5, "user": 3}}
        now = {1: {"stage": 5, "user": 4}, 2: {"stage": 6, "user": 3}}

        self.assertEqual(net_changes(old, now), {2: {"stage": 5}})

    def test_net_changes_deleted_record_is_left_out(self):
        self.assertEqual(net_changes({1: {"stage": 5}}, {}), {})

    def test_watch_of_scenarios_alone_does_not_hear_creation(self):
        def watch(*triggers):
            listeners = tuple(Listener(1, trigger, frozenset(), {}) for trigger in triggers)
            return Watch(frozenset(), frozenset(), listeners)

        self.assertFalse(watch("manual").hears_creation)
        self.assertTrue(watch("manual", "date").hears_creation)
