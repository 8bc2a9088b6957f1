from datetime import datetime
from unittest.mock import patch

from odoo.addons.crm_triggers.models.queue.guards import Guard, Later, Skip, Stop
from odoo.addons.crm_triggers.tests.common import CrmTriggersCommon
from odoo.exceptions import AccessError
from odoo.tests import tagged

VISIT = "test.crm.trigger.visit"


@tagged("post_install", "-at_install")
class TestGuardAndModel(CrmTriggersCommon):
    """An add-on with a model that declares how rules treat it, and a guard before each step."""

    def _create_visits(self, *names):
        values = [{"name": name, "customer_id": self.partner.id, "user_id": self.sam.id} for name in names]
        visits = self.env[VISIT].with_user(self.sam).create(values).sudo()
        self._run_worker()
        return visits

    def test_model_says_itself_how_rules_treat_it(self):
        rule = self._create_rule("create", model=VISIT)
        self.assertEqual((rule.phase, rule.model_icon), ("contact", "fa-car"))
        self.assertEqual(rule.model_id.with_context(crm_trigger_names=True).display_name, "Site visit")
        self.assertEqual(rule._get_initial_conditions(VISIT), '[("outcome", "!=", "cancelled")]')
        visits = self._create_visits("Roof", "Cellar")
        self.assertExecutions(visits, [("Call", "done")] * 2)
        self.assertEqual(self._get_runs(visits).partner_id, self.partner, "its contact is in customer_id")
        visits[0].outcome = "sold"
        self.assertEqual(rule.success_rate, 0.5)

    def test_managers_change_what_it_allows(self):
        self._create_rule("create", [self._update("outcome", "thought")], model=VISIT)
        with self.assertRaises(AccessError):
            self._create_rule("create", [self._update("name", "Mine")], model=VISIT)

    def test_guard_puts_a_batch_off(self):
        """Fails without ``Later`` in ``_hold``."""
        rule = self._create_rule("create", model=VISIT)
        self._move_to("2026-02-06 09:00:00")  # a Friday
        visits = self._create_visits("Roof", "Cellar")
        self.assertExecutions(visits, [("Call", "scheduled")] * 2)
        self.assertPlannedFor(visits[0], "2026-02-09 09:00:00")
        answer = rule.with_user(self.sam).explain(visits[0])
        self.assertIn("nothing is done on Fridays (possible again from 02/09/2026", answer["verdict"])
        self._run_until("2026-02-09 09:01:00")
        self.assertExecutions(visits, [("Call", "done")] * 2)

    def test_guard_skips_one_of_a_batch(self):
        """Fails without ``Skip`` in ``_hold``."""
        rule = self._create_rule("create", model=VISIT)
        visits = self._create_visits("Roof", "Secret cellar")
        self.assertExecutions(visits, [("Call", "done"), ("Call", "skipped", "confidential")])
        self.assertEqual(self._get_executions(visits[1]).skip_reason, "confidential")
        answer = rule.with_user(self.sam).explain(visits[1])
        self.assertEqual((answer["ok"], answer["verdict"]), (False, "It does not run: the visit is secret."))
        self.assertTrue(rule.with_user(self.sam).explain(visits[0])["ok"])

    def test_what_is_put_off_to_the_past_is_not_asked_for_ever(self):
        """Fails without ``SOONEST`` in ``_hold``: the worker never ends."""
        self._create_rule("create", model=VISIT)
        with patch.object(
            self.env.registry["crm.trigger.execution"],
            "_guard_friday",
            lambda lines, rule, step: dict.fromkeys(lines, Later(datetime(2026, 1, 1))),
        ):
            visits = self._create_visits("Roof")
        self.assertExecutions(visits, [("Call", "scheduled")])
        self.assertPlannedFor(visits, "2026-02-02 09:01:00")

    def test_guard_of_whatever_kind_leaves_why_an_answer(self):
        """One without words, one that wants a step, one with the key of another, one that cannot be listed. Fails
        without ``isolated`` in ``_explain_guard``, and without the keys that are taken."""
        rule = self._create_rule("create", model=VISIT)
        visit = self._create_visits("Roof")
        lines = self.env.registry["crm.trigger.execution"]
        origin = lines._get_guards

        def explain(verdict, *guards):
            def ask(line, rule, step):
                return verdict(line, step)

            with (
                patch.object(lines, "_get_guards", lambda line: [*origin(line), *guards]),
                patch.object(lines, "_guard_pause", ask, create=True),
                patch.object(lines, "_guard_mine", ask, create=True),
            ):
                answer = rule.with_user(self.sam).explain(visit)
            keys = [guard["key"] for guard in answer["guards"]]
            self.assertEqual(len(keys), len(set(keys)))
            return answer

        answer = explain(lambda line, step: {line: Skip("confidential")}, Guard("mine"))
        self.assertEqual((answer["ok"], answer["verdict"]), (False, "It does not run: It is secret."))
        answer = explain(lambda line, step: {line: Stop("manual")}, Guard("pause", "Nobody minds", "somebody minds"))
        self.assertEqual(answer["verdict"], "It does not run: somebody minds.")
        answer = explain(lambda line, step: step.ensure_one(), Guard("mine"), Guard("nowhere", "Somewhere"))
        self.assertEqual([guard["ok"] for guard in answer["guards"][-2:]], [None, None])
        self.assertTrue(answer["ok"])
        with patch.object(lines, "_get_guards", lambda line: line.step_id.ensure_one()):
            answer = rule.with_user(self.sam).explain(visit)
        self.assertIsNone(answer["guards"][-1]["ok"])
