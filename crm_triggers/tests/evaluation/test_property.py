import os
from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ..common import CrmTriggersCommon
from .expected import Expected

EXAMPLES = int(os.environ.get("CRM_TRIGGERS_EXAMPLES", "45"))  # `./dev torture` asks for more
STEPS = 40
MONDAY = "2026-03-16 09:00:00"  # two weeks before clocks go forward
STAGES, DAYS = ("New", "Offer", "Later"), st.integers(-12, 12)
LEADS = st.integers(0, 3)
BUTTONS = ["activate", "activate", "activate", "pause", "draft"]  # mostly on, or nothing would fire


class Crash(BaseException):
    """Stands for kill -9: nothing catches it."""


class Life(RuleBasedStateMachine):
    """Random lives: people write, time passes, managers change rules, workers crash."""

    test = None

    @initialize()
    def begin(self):
        test = self.test
        self.savepoint = test.env.cr.savepoint()
        self.expected, self.ids, self.rules = Expected(), [], test.rules
        self.stages = dict(zip(STAGES, test.stage_new | test.stage_offer | test.stage_later, strict=True))
        for kind, each in self.rules.items():
            since = each.activated_at
            self.expected.rules[kind] = {"stage": "Offer", "state": "live", "reentry": "occurrence", "since": since}
        self.switch("date", "draft")
        for stage, days in (("Offer", 1), ("Offer", 4), ("New", 5)):  # history, due tomorrow, due later
            self.enter(stage, days)
        self.switch("date", "activate")

    def teardown(self):
        if hasattr(self, "savepoint"):
            self.savepoint.close(rollback=True)
            self.test.env.cr.postcommit.clear()
            self.test.env.invalidate_all()
            self.test.env.registry.clear_cache()
            self.test._move_to(MONDAY)

    def _on(self, stage):
        return [("stage_id", "=", self.stages[stage].id)]

    def _now(self):
        return datetime.now().replace(microsecond=0)

    def _lead(self, index):
        """Return one of the leads, None when there is none."""
        ids = [lead_id for lead_id in self.ids if lead_id in self.expected.leads]
        return self.test.env["crm.lead"].browse(ids[index % len(ids)]) if ids else None

    # People

    @rule(stage=st.sampled_from(STAGES), days=st.none() | DAYS)
    def enter(self, stage, days):
        date = None if days is None else self._now().date() + timedelta(days=days)
        values = {"stage_id": self.stages[stage].id, "date_deadline": date, "user_id": self.test.sam.id}
        lead = self.test.env["crm.lead"].create({"name": "Lead", "type": "opportunity", **values})
        self.ids.append(lead.id)
        self.expected.leads[lead.id] = (stage, date, True)

    @rule(index=LEADS, stage=st.sampled_from(STAGES), flush=st.booleans())
    def drag(self, index, stage, flush):
        if lead := self._lead(index):
            lead.stage_id = self.stages[stage]
            if flush:
                lead.flush_recordset()
            self.expected.leads[lead.id] = (stage, *self.expected.leads[lead.id][1:])

    @rule(index=LEADS, stage=st.sampled_from(STAGES))
    def drag_away_and_back(self, index, stage):
        """Within one transaction: no change at all."""
        if lead := self._lead(index):
            for each in (self.stages[stage], lead.stage_id):
                lead.stage_id = each
                lead.flush_recordset()

    @rule(index=LEADS, days=st.none() | DAYS)
    def change_date(self, index, days):
        if lead := self._lead(index):
            date = None if days is None else self._now().date() + timedelta(days=days)
            lead.date_deadline = date
            stage, _date, active = self.expected.leads[lead.id]
            self.expected.leads[lead.id] = (stage, date, active)

    @rule(index=LEADS, active=st.booleans())
    def archive(self, index, active):
        if lead := self._lead(index):
            lead.active = active
            self.expected.leads[lead.id] = (*self.expected.leads[lead.id][:2], active)

    @rule(index=LEADS)
    def delete(self, index):
        if len(self.ids) > 2 and (lead := self._lead(index)):
            del self.expected.leads[lead.id]
            lead.unlink()

    @rule()
    def commit(self):
        self.test.env.flush_all()
        moment = str(self.test.env.cr.now().isoformat(sep=" ", timespec="microseconds"))
        self.test._new_transaction()
        self.expected.commit(self._now(), moment)

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
        self.commit()
        self.test._run_worker()
        self.expected.work(self._now())
        self.check()

    @rule()
    def sweep(self):
        self.commit()
        self.test._run_sweep()
        self.expected.sweep(self._now())

    @rule()
    def crash(self):
        """A worker dies between act and mark, in its first batch: as if it had never been."""
        self.commit()
        steps = type(self.test.env["crm.trigger.step"])
        origin = steps._act

        def act(step, executions):
            origin(step, executions)
            raise Crash

        with self.test._other_cursors(), self.test.registry.cursor() as cr, patch.object(steps, "_act", act):
            env = api.Environment(cr, SUPERUSER_ID, {})
            try:
                env["crm.trigger.execution"]._work()
            except Crash:
                cr.rollback()
                return
        self.expected.work(self._now())  # nothing to act upon, only to stop

    # Managers

    @rule(kind=st.sampled_from(["match", "date"]), button=st.sampled_from(BUTTONS))
    def switch(self, kind, button):
        self.commit()
        each = self.expected.rules[kind]
        getattr(self.rules[kind], f"action_{button}")()
        self.test._new_transaction()
        if button == "activate" and each["state"] == "draft":
            each["since"] = self._now()
        each["state"] = {"pause": "paused", "activate": "live", "draft": "draft"}[button]
        if button == "draft":
            self.expected.close(kind)

    @rule(kind=st.sampled_from(["match", "date"]), stage=st.sampled_from(STAGES), once=st.booleans())
    def edit(self, kind, stage, once):
        self.commit()
        reentry = "once" if once else "occurrence"
        self.rules[kind].write({"filter_domain": str(self._on(stage)), "reentry": reentry})
        self.test._new_transaction()
        self.expected.rules[kind] |= {"stage": stage, "reentry": reentry}

    # What fired

    def check(self):
        test, kinds = self.test, {each.id: kind for kind, each in self.rules.items()}
        done = test.env["crm.trigger.execution"].search([("rule_id", "in", list(kinds)), ("state", "=", "done")])
        fired = [
            (kinds[e.rule_id.id], e.res_id, e.run_id.date_value or "", e.run_id.started_at, int(e.step_name))
            for e in done
        ]
        test.assertEqual(sorted(fired), sorted(self.expected.fired))
        alive = [e for e in done if e.res_id in self.expected.leads]
        tasks = test.env["mail.activity"].search([("res_model", "=", "crm.lead"), ("res_id", "in", self.ids)])
        test.assertEqual(sorted(tasks.mapped("res_id")), sorted(e.res_id for e in alive))


@tagged("post_install", "-at_install")
class TestProperty(CrmTriggersCommon):
    def test_whatever_happens_what_should_fire_fires_once(self):
        """Promises 1, 2, 4 and 7. Fails without the date in ``decision.occurrence``, ``activated_at`` in
        ``_activate``, ``row | old`` in ``_crm_trigger_capture``, or ``keep_matching`` in
        ``_guard_conditions``."""
        self._move_to(MONDAY)
        steps = [self._task("1", sequence=1), self._task("2", sequence=2, delay_count=1)]
        self.rules = {
            "match": self._rule_on_offer(steps),
            "date": self._rule_on_offer(steps, trigger="date", date="date_deadline", trg_date_range=3),
        }
        machine = type("Life", (Life,), {"test": self})
        calm = settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=EXAMPLES == 45,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=calm)
