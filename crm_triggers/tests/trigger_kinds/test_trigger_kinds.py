from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ...engine import triggers
from ...engine.triggers import NONE, TriggerTraits, declare
from ...models.trigger_kinds.manual import crm_trigger_rule as manual
from ..common import CrmTriggersCommon

# What a rule of each kind needs besides its kind.
VALUES = {
    "create": {},
    "match": {},
    "date": {"date": "date_deadline"},
    "recurring": {},
    "happening": {"happening": "meeting_held"},
    "manual": {},
    "signal": {},
}


@tagged("post_install", "-at_install")
class TestTriggerKinds(CrmTriggersCommon):
    """Each kind of trigger implements what the engine calls, and is refused when the registry loads if it does not."""

    def _register(self):
        self.env["crm.trigger.rule"]._check_trigger_kinds()

    def test_registry_that_is_set_up_anew_asks_nothing(self):
        """It is, on a cursor of its own, for a field that another transaction adds: what is read then
        waits for that one, and it for this. Fails without ``ready`` in ``_register_hook``."""
        rules = self.env["crm.trigger.rule"]
        with patch.object(type(rules), "_check_trigger_kinds") as check:
            rules._register_hook()
        check.assert_not_called()

    def test_each_question_of_each_kind(self):
        """The shape of each answer; a kind of the core without a rule here fails."""
        kinds = self.env["crm.trigger.rule"]._fields["trigger"]._selection_modules(self.env["crm.trigger.rule"])
        self.assertEqual({kind for kind, addons in kinds.items() if "crm_triggers" in addons}, VALUES.keys())
        lead = self._create_lead(date_deadline="2026-02-20")
        for kind, values in VALUES.items():
            with self.subTest(kind=kind):
                rule = self._create_rule(kind, **values)
                [run] = rule.enroll(lead)
                self._check_what_is_looked_at(rule)
                self._check_what_is_decided(rule, run)
                self._check_what_is_told(rule, run, lead)
                self._check_fields(rule)

    def _check_what_is_looked_at(self, rule):
        model_fields = self.env[rule.model_name]._fields
        self.assertIsInstance(rule._get_trigger_traits(), TriggerTraits)
        self.assertLessEqual(rule._get_watched_fields(), model_fields.keys())
        self.assertEqual(rule._get_date_field() in model_fields, rule._get_trigger_traits().has_date)
        self.assertIsInstance(rule._may_be_swept(), bool)
        self.assertIsInstance(rule._is_looked_for(), bool)
        for swept, sweep in rule._get_sweeps():
            self.assertIn(swept, (rule, rule.browse()))
            self.assertIsInstance(sweep(1), int)

    def _check_what_is_decided(self, rule, run):
        self.assertLessEqual(rule._get_missed({1}, {2}), {1, 2})
        self.assertIs(rule._has_moved(run, None), False, "who was put in by hand has no date to lose")
        existing = rule._search_existing_matches(rule._get_readable_model(), 1)
        self.assertLessEqual(len(existing), 1)
        self.assertTrue(all(isinstance(res_id, int) for res_id in existing))
        spent = SQL("SELECT bool_or(%s) FROM crm_trigger_run run", rule._sql_key_is_spent())
        self.assertIsInstance(self.env.execute_query(spent)[0][0], bool)
        self.assertIsNone(rule._get_trigger_problem())

    def _check_what_is_told(self, rule, run, lead):
        words = [
            rule._get_when_phrase(),
            rule._get_trigger_label(),
            rule._get_run_origin(run),
            rule._get_waiting_text(),
            rule._get_when_conditions_phrase("it rains") or "-",
        ]
        self.assertTrue(all(isinstance(text, str) and text for text in words), words)
        time = rule._explain_time(lead)
        self.assertTrue(time is False or {"label", "value", "due_at", "verdict", "text"} == time.keys(), time)
        for guard in rule._explain_trigger_guards(lead):
            self.assertEqual([type(one) for one in guard], [str, str, bool, str, str])

    def _check_fields(self, rule):
        self.assertLessEqual(rule._get_definition_fields(), rule._fields.keys())
        self.assertLessEqual(rule._get_cached_fields(), rule._fields.keys())
        self.assertLessEqual({name.split(".")[0] for name in rule._get_sentence_fields()}, rule._fields.keys())

    def test_a_kind_that_nobody_declares_is_refused(self):
        self.enterContext(patch.dict(triggers._DECLARED))
        del triggers._DECLARED["manual"]

        with self.assertRaisesRegex(ValueError, r"^crm_triggers: .*'manual' is not declared.*declare\('manual'"):
            self._register()

    def test_a_kind_declared_by_two_installed_add_ons_is_refused(self):
        self.enterContext(patch.dict(triggers._DECLARED, {"manual": {**triggers._DECLARED["manual"]}}))
        declare("manual", NONE, by="odoo.addons.base.models.kind")

        with self.assertRaisesRegex(ValueError, "^base, crm_triggers: .*'manual' is declared more than once.*another"):
            self._register()

    def test_an_add_on_that_is_not_installed_here_may_declare_what_it_likes(self):
        """Odoo may import it all the same, for another database of the process."""
        self.enterContext(patch.dict(triggers._DECLARED, {"manual": {**triggers._DECLARED["manual"]}}))
        declare("manual", TriggerTraits(born=True, by_change=True), by="odoo.addons.of_another_database.kinds")
        declare("odd", NONE, by="odoo.addons.of_another_database.kinds")

        self._register()
        self.assertEqual(self._create_rule("manual")._get_trigger_traits(), NONE)

    def test_a_kind_without_words_is_refused(self):
        self.enterContext(patch.object(manual, "MANUAL", "nobody's"))

        with self.assertRaisesRegex(ValueError, "^crm_triggers: .*'manual' do not answer _get_when_phrase"):
            self._register()
