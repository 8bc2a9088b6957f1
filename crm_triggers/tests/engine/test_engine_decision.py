from datetime import datetime
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.decision import Change, Watch, Watcher, merge_changes, net_changes, occurrence, starting, stop_reason
from ...engine.domain import may_match
from ...engine.states import STOP_DOMAIN, STOP_MOVED, STOP_UNMATCHED

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
        """The condition "stop when" has priority, then the moved date, then the conditions."""
        given = {"matches": False, "keep_matching": True}

        self.assertEqual(stop_reason(reached_stop=True, moved=True, **given), STOP_DOMAIN)
        self.assertEqual(stop_reason(reached_stop=False, moved=True, **given), STOP_MOVED)

    def test_occurrence_once_is_the_same_for_ever(self):
        """Z25."""
        self.assertEqual(
            occurrence("once", happened_at=MOMENT), occurrence("once", happened_at=MOMENT, date_value="2026-03-01")
        )

    def test_occurrence_with_a_key_of_its_own(self):
        """A key comes before a date and a moment, and never gets past "once"."""
        self.assertEqual(occurrence("occurrence", happened_at=MOMENT, date_value="2026-03-01", key="fair"), "fair")
        self.assertEqual(
            occurrence("once", happened_at=MOMENT, key="fair"), occurrence("once", happened_at=MOMENT, key="spring")
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

    def test_merge_changes_the_earliest_value_counts_and_a_new_record_stays_new(self):
        first = {1: {"stage": 5}, 2: None, 3: {"stage": 7}}
        then = {1: {"stage": 6, "user": 3}, 2: {"stage": 5}, 4: None}

        self.assertEqual(merge_changes(first, then), {1: {"stage": 5, "user": 3}, 2: None, 4: None})

    def test_watch_of_scenarios_alone_does_not_capture_creation(self):
        def watch(*triggers):
            watchers = tuple(Watcher(1, trigger, frozenset(), {}) for trigger in triggers)
            return Watch(frozenset(), frozenset(), watchers)

        self.assertFalse(watch("manual").captures_creation)
        self.assertTrue(watch("manual", "date").captures_creation)

    def test_concerned_are_the_watchers_a_record_can_match_and_those_that_run(self):
        """Fails without ``_by_values``, ``_anywhere`` or ``rule_ids`` in ``Watch.concerned``."""
        by_stage = [Watcher(i, "match", frozenset({"stage"}), {"stage": frozenset({i, 10 + i})}) for i in range(5)]
        by_tags = Watcher(5, "match", frozenset({"tags"}), {"tags": frozenset({1})})  # no column
        swept = Watcher(6, "match", frozenset({"stage"}), {"stage": frozenset({1})}, swept=True)
        watch = Watch(frozenset({"stage"}), frozenset({"tags"}), (*by_stage, by_tags, swept))

        def concerned(stages, running=frozenset()):
            return [one.rule_id for one in watch.concerned([{"stage": stage} for stage in stages], running)]

        self.assertEqual(concerned([2]), [2, 5, 6])
        self.assertEqual(concerned([13, None, 1]), [1, 3, 5, 6])
        self.assertEqual(concerned([99], running={4}), [4, 5, 6])

    def test_concerned_is_who_waits_for_all_the_values_of_a_record(self):
        """Of 200 rules one, not all those of its stage. Fails without ``product``; and without ``MOST_KEYS``
        a rule for a hundred stages of a hundred teams would be looked up under 10,000 keys."""
        pins = [{"stage": frozenset({stage}), "team": frozenset({team})} for stage in (1, 2) for team in (1, 2)]
        hundred = frozenset(range(100))
        pins.append({"stage": hundred, "team": hundred - {0}})
        watchers = tuple(Watcher(i, "match", frozenset(one), one) for i, one in enumerate(pins))
        watch = Watch(frozenset({"stage", "team"}), frozenset(), watchers)

        found = watch.concerned([{"stage": 2, "team": 1}], frozenset())

        self.assertEqual([one.rule_id for one in found], [2, 4])
        self.assertLess(sum(map(len, watch._by_values.values())), 200)

    @settings(deadline=None)
    @given(
        st.lists(st.dictionaries(st.sampled_from("abc"), st.frozensets(st.integers(1, 3)), max_size=2), max_size=6),
        st.lists(st.fixed_dictionaries({name: st.none() | st.integers(1, 3) for name in "ab"}), max_size=3),
    )
    def test_concerned_leaves_out_none_that_may_match(self, pins, rows):
        """The index is a short cut for asking each of them; ``c`` is no column."""
        watchers = tuple(Watcher(i, "match", frozenset(one), one) for i, one in enumerate(pins))

        found = Watch(frozenset("ab"), frozenset("c"), watchers).concerned(rows, frozenset())

        missing = [one for one in watchers if one not in found]
        self.assertFalse([one for one in missing for row in rows if may_match(one.pins, row)])
