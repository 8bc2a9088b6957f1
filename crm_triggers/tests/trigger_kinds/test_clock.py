from unittest.mock import patch

from odoo.tests import tagged

from ..committed import CommittedCase
from ..common import CrmTriggersCommon


class Killed(BaseException):
    """Stands for the end of a process: nothing catches it."""


@tagged("post_install", "-at_install")
class TestClock(CrmTriggersCommon):
    """Whatever one rule costs, the clock processes the others: it continues where it stopped."""

    def _look(self, rules, slow, seconds):
        """Let the clock look once; return at which of the rules it did, in order."""
        looked, origin = [], type(slow)._search_due

        def search(rule, *args, **kwargs):
            looked.append(rule.id)
            if rule == slow:
                self.clock.tick(seconds)
            return origin(rule, *args, **kwargs)

        # Odoo calls an action that did something up to ten times, even when its time is up.
        once = patch("odoo.addons.base.models.ir_cron.MIN_RUNS_PER_JOB", 1)
        with once, patch.object(type(slow), "_search_due", search):
            self._run_sweep()
        return [rule_id for rule_id in dict.fromkeys(looked) if rule_id in rules.ids]

    def test_slow_rule_does_not_keep_the_others_from_their_turn(self):
        """Line 4. Fails without ``_sort`` in ``_cron_sweep``: it begins with the first again, for ever."""
        rules = self.env["crm.trigger.rule"].concat(
            *(self._create_rule("date", date="date_deadline", trg_date_range=1) for _i in range(4))
        )
        first, slow, third, last = rules
        lead = self._create_lead(date_deadline="2026-02-06")
        self._move_to("2026-02-05 09:00")

        self.assertEqual(self._look(rules, slow, 11), [first.id, slow.id])
        self.assertEqual(self._look(rules, slow, 11), [third.id, last.id, first.id, slow.id])

        self.assertEqual(len(self._get_runs(lead)), 4)

    def test_rule_with_much_to_do_does_not_keep_the_others_from_their_turn(self):
        """A batch is bounded, and so are its turns. Fails without ``_begin`` in ``_cron_sweep``."""
        rules = self.env["crm.trigger.rule"].concat(
            *(self._create_rule("date", date="date_deadline", trg_date_range=1) for _i in range(2))
        )
        much, other = rules
        leads = self._create_leads(6, date_deadline="2026-02-06")
        self._move_to("2026-02-05 09:00")

        with patch("odoo.addons.crm_triggers.models.trigger_kinds.clock.SWEEP_BATCH", 2):
            self.assertEqual(self._look(rules, much, 6), [much.id])
            self.assertEqual(len(much.run_ids), 4)
            self.assertEqual(self._look(rules, much, 6), [other.id, much.id])

        self.assertEqual((len(much.run_ids), len(other.run_ids)), (6, 6))
        self.assertEqual(len(leads), 6)

    def test_turns_of_what_is_no_more_are_forgotten(self):
        turns = self.env["crm.trigger.turn"]
        self._create_rule("date", date="date_deadline")
        self._run_sweep()
        self.assertTrue(turns.search([]))

        self.env.cr.execute("UPDATE crm_trigger_turn SET begun_at = begun_at - interval '10 years'")
        turns._gc_old()

        self.assertFalse(turns.search([]))


@tagged("post_install", "-at_install")
class TestClockKilled(CommittedCase):
    """The clock's process is taken down by one rule."""

    def test_rule_that_takes_the_process_down_comes_last(self):
        """Line 4. Fails when its turn is noted in the transaction that is lost."""
        with self._env() as env:
            field = env["ir.model.fields"]._get("crm.lead", "date_deadline").id
        deadly, sound = (self._create_rule(trigger="date", trg_date_id=field, filter_domain="[]") for _i in range(2))
        looked, rules = [], self.registry["crm.trigger.rule"]

        def search(rule, *_args, **_kwargs):
            if rule.id in (deadly, sound):
                looked.append(rule.id)
            if rule.id == deadly:
                raise Killed
            return {}

        with patch.object(rules, "_search_due", search):
            for _turn in range(2):
                try:
                    with self._env() as env:
                        env["crm.trigger.rule"]._cron_sweep()
                except Killed:
                    looked.append("killed")

        self.assertEqual(looked, [deadly, "killed", sound, deadly, "killed"])
