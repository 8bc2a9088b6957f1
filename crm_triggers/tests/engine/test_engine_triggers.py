from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ...engine import triggers
from ...engine.decision import Change, Watch, Watcher, starting
from ...engine.triggers import NONE, TriggerTraits, declare, declarers, find

OURS, THEIRS = "odoo.addons.ours.models.kind", "odoo.addons.theirs.kinds"
BOTH = Change(created={1}, after={1, 2})  # one is new and one came to match


@tagged("post_install", "-at_install")
class TestEngineTriggers(BaseCase):
    """Kinds of triggers are declared, and their traits define what starts them."""

    def setUp(self):
        super().setUp()
        self.enterContext(patch.dict(triggers._DECLARED, clear=True))

    def test_a_kind_that_nobody_declared_is_started_by_no_change(self):
        self.assertEqual(find("odd"), NONE)
        self.assertFalse(starting("odd", BOTH))

    def test_traits_say_whether_new_records_start_it_or_those_that_were_there(self):
        cases = [(True, True, {1, 2}), (True, False, {1}), (False, True, {2}), (False, False, set())]
        for born, by_change, expected in cases:
            with self.subTest(born=born, by_change=by_change):
                declare("odd", TriggerTraits(born=born, by_change=by_change), by=OURS)
                self.assertEqual(set(starting("odd", BOTH)), expected)

    def test_a_record_seen_matching_before_is_no_news_even_if_it_is_captured_as_new(self):
        """What was written past Odoo may be found twice by the clock."""
        self.assertFalse(starting(TriggerTraits(born=True, by_change=True), Change(created={1}, before={1}, after={1})))

    def test_two_databases_may_give_their_kinds_the_same_name(self):
        """Fails without ``own`` in ``find``."""
        mine, other = TriggerTraits(born=True, by_change=False), TriggerTraits(born=False, by_change=True)
        declare("odd", other, by=THEIRS)
        declare("odd", mine, by=OURS)

        self.assertEqual(find("odd", {"ours", "base"}), mine)
        self.assertEqual(find("odd", {"theirs", "base"}), other)
        self.assertEqual(find("odd", {"base"}), other)  # an add-on that is being installed
        self.assertEqual(declarers("odd", {"ours", "base"}), ["ours"])
        self.assertEqual(declarers("odd", {"ours", "theirs"}), ["ours", "theirs"])

    def test_a_module_that_is_read_again_declares_the_same_kind(self):
        declare("odd", NONE, by=OURS)
        declare("odd", NONE, by=OURS)
        self.assertEqual(declarers("odd", {"ours"}), ["ours"])

        declare("odd", NONE, by="odoo.addons.ours.models.another")
        self.assertEqual(declarers("odd", {"ours"}), ["ours", "ours"])

    def test_a_watch_asks_the_traits_of_its_watchers(self):
        """A date is found by the clock anyhow; a kind that only changes start captures no new record."""
        for traits, captures, new_above in [
            (TriggerTraits(born=True, by_change=True), True, 7),
            (TriggerTraits(born=True, by_change=True, has_date=True), True, None),
            (TriggerTraits(born=False, by_change=True), False, None),
        ]:
            with self.subTest(traits=traits):
                watcher = Watcher(1, "odd", frozenset(), {}, above_id=7, traits=traits)
                watch = Watch(frozenset(), frozenset(), (watcher,))
                self.assertEqual((watch.captures_creation, watch.new_above_id), (captures, new_above))
