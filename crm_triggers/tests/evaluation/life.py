"""Random lives of records and rules, played in the engine and in the model it is compared with."""

from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from odoo import SUPERUSER_ID, api
from odoo.tools.lru import LRU

from .expected import Expected
from .life_people import HOURS, KINDS, LEADS, MOSTLY, STAGES, People, step

MONDAY = "2026-03-16 09:00:00"  # two weeks before DST starts
ASKED_AFTER = timedelta(seconds=11)  # by then a process has checked whether rules were changed
# The buttons available in a state. Rules are mostly active, or nothing would fire.
OFFERED = {
    "live": ["pause", "draft", "archive"],
    "test": ["activate", "activate", "pause", "draft"],
    "paused": ["activate", "activate", "activate", "test", "draft"],
    "draft": ["activate", "activate", "test", "test", "switch on with existing"],
    "archived": ["unarchive"],
}


class Crash(BaseException):
    """Stands for kill -9: nothing catches it."""


class Life(People):
    """Users write, in several processes; time passes; managers change rules; workers crash."""

    @initialize()
    def begin(self):
        test = self.test
        self.savepoint = test.env.cr.savepoint()
        self.expected, self.ids = Expected(), []
        self.elsewhere, self.scheduler = LRU(8192), LRU(8192)  # caches of the rules in other processes
        self.stages = {stage.name: stage for stage in test.stage_new | test.stage_offer | test.stage_later}
        for stage, days in (("Offer", 1), ("Offer", 4), ("New", 5)):  # past, due tomorrow, due later
            self.enter(stage, days)
        for kind in test.rules:
            self._press(kind, "activate")

    @rule(what=st.deferred(lambda: STEPS))
    def go_on(self, what):
        """One rule for all steps: Hypothesis leaves a random half of several rules out of each life, and little
        happened.
        """
        name, arguments = what
        getattr(self, name)(**arguments)

    def teardown(self):
        if hasattr(self, "savepoint"):
            self.savepoint.close(rollback=True)
            self.test.env.cr.postcommit.clear()
            self.test.env.invalidate_all()
            self.test.env.registry.clear_cache()
            self.test._move_to(MONDAY)

    # Processes

    @step(told=st.booleans())
    def go_on_elsewhere(self, told):
        """In another process: a request gets signals of rules changed by others. A long job gets them at its start,
        and checks now and then.
        """
        self.commit()
        caches = self.test.registry._Registry__caches
        caches["default"], self.elsewhere = self.elsewhere, caches["default"]
        if told:
            caches["default"].clear()
        else:
            self.test._move_to(datetime.now() + ASKED_AFTER)

    @contextmanager
    def _as_scheduler(self):
        """In the process of the scheduler, which gets signals each time."""
        self.commit()
        caches = self.test.registry._Registry__caches
        memory, caches["default"] = caches["default"], self.scheduler
        try:
            yield
        finally:
            caches["default"] = memory

    # Time

    @step(weight=3, hours=HOURS, scheduler=MOSTLY)
    def wait(self, hours, scheduler):
        self.commit()
        self.test._move_to(datetime.now() + timedelta(hours=hours))
        if scheduler:
            self.sweep()
            self.work()

    @step()
    def wait_for_summer_time(self):
        """Advance to the evening before DST starts, once."""
        self.commit()
        if datetime.now() < (eve := datetime(2026, 3, 28, 20)):
            self.test._move_to(eve)

    # The scheduler

    @step()
    def work(self):
        with self._as_scheduler():
            self.test._run_worker()
        self.expected.work(self._now())
        self.check()

    @step()
    def sweep(self):
        with self._as_scheduler():
            self.test._run_sweep()
        self.expected.sweep(self._now())

    @step()
    def crash(self):
        """A worker dies before it commits its first batch, be it of a trial: as if it had never been."""
        executions = type(self.test.env["crm.trigger.execution"])

        def die(_executions):
            raise Crash

        with self._as_scheduler(), self.test._other_cursors(), self.test.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            try:
                with patch.object(executions, "_meet_stops", die):
                    env["crm.trigger.execution"]._work()
            except Crash:
                cr.rollback()

    # Managers

    @step(weight=2, kind=KINDS, choices=st.lists(st.integers(0, 59), min_size=1, max_size=3))
    def press(self, kind, choices):
        """Press buttons of a rule, one after the other, of those its form offers."""
        for choice in choices:
            known = self.expected.rules[kind]
            buttons = OFFERED["archived" if known.archived else known.state]
            self._press(kind, buttons[choice % len(buttons)])

    def _press(self, kind, button):
        self.commit()
        each = self.test.rules[kind]
        if button == "switch on with existing":
            self._switch_on_with_existing(kind)
            return
        if button in ("archive", "unarchive"):
            each.active = button == "unarchive"
        else:
            getattr(each, f"action_{button}")()
        self._tell()
        self.expected.press(kind, button, self._now())

    def _switch_on_with_existing(self, kind):
        """Choose in the dialog to include existing records."""
        moment = self._moment()
        action = self.test.rules[kind].action_switch_on()
        if isinstance(action, dict):
            dialog = self.test.env[action["res_model"]].browse(action["res_id"])
            dialog.scope = "existing"
            dialog.action_switch_on()
        self._tell()
        self.expected.switch_on_with(kind, self._now(), moment)

    @step(kind=KINDS, stage=STAGES, once=st.booleans())
    def edit(self, kind, stage, once):
        self.commit()
        self._edit(kind, stage, once)
        self._tell()
        self.expected.rules[kind].stage, self.expected.rules[kind].once = stage, once

    @step(kind=KINDS, stage=STAGES, once=st.booleans(), index=LEADS)
    def edit_in_vain(self, kind, stage, once, index):
        """Edit in a savepoint that is rolled back, after this process has read the rules within it."""
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
        """Compare what was done, what was tested, what is planned and for when, and the activities of the leads."""
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


STEPS = st.one_of(
    [one for cls in (People, Life) for method in vars(cls).values() for one in getattr(method, "step", ())]
)
