"""Random lives of records and rules, told to the engine and to the model it is compared with."""

from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from odoo import SUPERUSER_ID, api
from odoo.tools.lru import LRU

from .expected import Expected
from .life_people import LEADS, STAGES, People

MONDAY = "2026-03-16 09:00:00"  # two weeks before clocks go forward
KINDS = st.sampled_from(["match", "create", "date"])
# Mostly on, or nothing would fire. What a button needs: the states in which the screen offers it.
BUTTONS = st.sampled_from(["activate"] * 5 + ["pause", "draft", "test", "test", "archive", "unarchive"])
ASKED_AFTER = timedelta(seconds=11)  # by then a process has asked whether rules were changed
OFFERED = {"activate": ("draft", "test", "paused"), "test": ("draft", "paused"), "pause": ("live", "test")}


class Crash(BaseException):
    """Stands for kill -9: nothing catches it."""


class Life(People):
    """People write, in one process or another; time passes; managers change rules; workers crash."""

    @initialize()
    def begin(self):
        test = self.test
        self.savepoint = test.env.cr.savepoint()
        self.expected, self.ids = Expected(), []
        self.elsewhere, self.scheduler = LRU(8192), LRU(8192)  # what other processes remember of rules
        self.stages = {stage.name: stage for stage in test.stage_new | test.stage_offer | test.stage_later}
        for stage, days in (("Offer", 1), ("Offer", 4), ("New", 5)):  # history, due tomorrow, due later
            self.enter(stage, days)
        for kind in test.rules:
            self.press(kind, "activate")

    def teardown(self):
        if hasattr(self, "savepoint"):
            self.savepoint.close(rollback=True)
            self.test.env.cr.postcommit.clear()
            self.test.env.invalidate_all()
            self.test.env.registry.clear_cache()
            self.test._move_to(MONDAY)

    # Processes

    @rule(told=st.booleans())
    def go_on_elsewhere(self, told):
        """In another process: a request is told of what others changed in rules. A long job is told as it begins,
        and asks now and then."""
        self.commit()
        caches = self.test.registry._Registry__caches
        caches["default"], self.elsewhere = self.elsewhere, caches["default"]
        if told:
            caches["default"].clear()
        else:
            self.test._move_to(datetime.now() + ASKED_AFTER)

    @contextmanager
    def _as_scheduler(self):
        """In the process of the scheduler, which is told each time."""
        self.commit()
        caches = self.test.registry._Registry__caches
        memory, caches["default"] = caches["default"], self.scheduler
        try:
            yield
        finally:
            caches["default"] = memory

    # Time

    @rule(hours=st.sampled_from([0.1, 1, 8, 24, 25, 72, 24 * 7, 24 * 14]), scheduler=st.booleans())
    def wait(self, hours, scheduler):
        self.commit()
        self.test._move_to(datetime.now() + timedelta(hours=hours))
        if scheduler:
            self.sweep()
            self.work()

    @rule()
    def wait_for_summer_time(self):
        """To the evening before clocks go forward, once."""
        self.commit()
        if datetime.now() < (eve := datetime(2026, 3, 28, 20)):
            self.test._move_to(eve)

    # The scheduler

    @rule()
    def work(self):
        with self._as_scheduler():
            self.test._run_worker()
        self.expected.work(self._now())
        self.check()

    @rule()
    def sweep(self):
        with self._as_scheduler():
            self.test._run_sweep()
        self.expected.sweep(self._now())

    @rule()
    def crash(self):
        """A worker dies between act and mark, in its first batch: as if it had never been."""
        steps = type(self.test.env["crm.trigger.step"])
        origin = steps._act

        def act(step, executions):
            origin(step, executions)
            raise Crash

        with self._as_scheduler(), self.test._other_cursors(), self.test.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            try:
                with patch.object(steps, "_act", act):
                    env["crm.trigger.execution"]._work()
            except Crash:
                cr.rollback()
                return
        self.expected.work(self._now())  # nothing to act upon, only to stop

    # Managers

    @rule(kind=KINDS, button=BUTTONS)
    def press(self, kind, button):
        """Press a button, if the screen of the rule offers it."""
        known = self.expected.rules[kind]
        if known.archived if button != "unarchive" else not known.archived:
            return
        if known.state not in OFFERED.get(button, (known.state,)):
            return
        self.commit()
        each = self.test.rules[kind]
        if button in ("archive", "unarchive"):
            each.active = button == "unarchive"
        else:
            getattr(each, f"action_{button}")()
        self._tell()
        self.expected.press(kind, button, self._now())

    @rule(kind=KINDS)
    def switch_on_with_existing(self, kind):
        """Switch a draft on, and choose in the dialog that those that are so already are taken in."""
        if self.expected.rules[kind].state != "draft" or self.expected.rules[kind].archived:
            return
        self.commit()
        moment = self._moment()
        action = self.test.rules[kind].action_switch_on()
        if isinstance(action, dict):
            dialog = self.test.env[action["res_model"]].browse(action["res_id"])
            dialog.scope = "existing"
            dialog.action_switch_on()
        self._tell()
        self.expected.switch_on_with(kind, self._now(), moment)

    @rule(kind=KINDS, stage=STAGES, once=st.booleans())
    def edit(self, kind, stage, once):
        self.commit()
        self._edit(kind, stage, once)
        self._tell()
        self.expected.rules[kind].stage, self.expected.rules[kind].once = stage, once

    @rule(kind=KINDS, stage=STAGES, once=st.booleans(), index=LEADS)
    def edit_in_vain(self, kind, stage, once, index):
        """In a savepoint that is undone, after this process has looked at rules as they are within it."""
        leads = dict(self.expected.leads)
        with closing(self.test.env.cr.savepoint()):
            self._edit(kind, stage, once)
            self.change(index, ("stage", stage), "part")
        self.expected.leads = leads

    def _edit(self, kind, stage, once):
        domain, reentry = [("stage_id", "=", self.stages[stage].id)], "once" if once else "occurrence"
        self.test.rules[kind].write({"filter_domain": str(domain), "reentry": reentry})

    def _tell(self):
        self.test._new_transaction()
        self.scheduler.clear()

    # What fired

    def check(self):
        """Compare what was done, what was tried, what is planned and for when, and the tasks of the leads."""
        test, kinds = self.test, {each.id: kind for kind, each in self.test.rules.items()}
        lines = test.env["crm.trigger.execution"].search([("rule_id", "in", list(kinds))])

        def tell(line):
            run = line.run_id
            return kinds[line.rule_id.id], line.res_id, run.date_value or "", run.started_at, int(line.step_name)

        done = lines.filtered(lambda line: line.state == "done")
        test.assertEqual(sorted(map(tell, done)), sorted(self.expected.fired))
        tried = lines.filtered(lambda line: line.skip_reason == "test")
        test.assertEqual(sorted(map(tell, tried)), sorted(self.expected.tried))
        planned = lines.filtered(lambda line: line.state == "scheduled")
        found = [(*tell(line), line.scheduled_at) for line in planned]
        test.assertEqual(sorted(found), sorted(self.expected.get_planned()))
        alive = [line for line in done if line.res_id in self.expected.leads]
        tasks = test.env["mail.activity"].search([("res_model", "=", "crm.lead"), ("res_id", "in", self.ids)])
        test.assertEqual(sorted(tasks.mapped("res_id")), sorted(line.res_id for line in alive))
