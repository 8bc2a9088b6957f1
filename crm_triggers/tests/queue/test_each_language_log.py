from unittest.mock import patch

from psycopg2.errors import QueryCanceled

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rule.test_working_time import WorkingTimeCommon
from .each_language_case import EachLanguageCase

ISOLATION = "odoo.addons.crm_triggers.models.isolation"
SECRET = "Operation Nightingale"


@tagged("post_install", "-at_install")
class TestEachLanguageLog(EachLanguageCase):
    """What is kept of an error: without hidden names, found in each language, undone and kept with the rest."""

    @mute_logger(ISOLATION)
    def test_name_that_a_reader_may_not_see_is_hidden_in_each_language(self):
        """What several lines say names none of their records."""
        rule = self._rule_with(self._task())
        lead, other = self._create_lead(name=SECRET), self._create_lead()
        self._drag(lead | other, self.stage_offer)
        lines = self._get_executions(lead | other, rule)

        lines._fail(UserError(f"{SECRET} has no stock"))

        for line in lines:
            self.assertRead(line, "(… has no stock)", "(… has no stock)")
            self.assertNotIn(SECRET, self._read_as(self.manager, line) + self._read_as(self.sam, line))

    @mute_logger(ISOLATION)
    def test_name_in_another_language_is_hidden(self):
        """An error says a name as whoever met it read it."""
        rule = self._create_rule(model="product.template", filter_domain=[("list_price", ">", 7)], user=self.admin)
        desk = self.env["product.template"].create({"name": SECRET, "list_price": 7})
        self._in_french(desk, name="Opération Rossignol")
        self._new_transaction()
        desk.list_price = 8
        self._new_transaction()
        line = self._get_executions(desk, rule)

        texts = line._conceal({"en_US": "Opération Rossignol fails", "fr_FR": f"{SECRET} échoue"})

        self.assertEqual(texts, {"en_US": "… fails", "fr_FR": "… échoue"})

    @mute_logger(ISOLATION)
    def test_language_that_is_installed_later_reads_english(self):
        line = self._fail(self._code("raise UserError('Seven')"))

        self.env["res.lang"]._activate_lang("nl_NL")
        self._new_transaction()

        self.assertEqual(line.with_context(lang="nl_NL").error, line.with_context(lang="en_US").error)
        self.assertIn("Rule “Rule”", line.with_context(lang="nl_NL").error)

    @mute_logger(ISOLATION)
    def test_panel_and_external_api(self):
        line = self._fail(self._code("raise UserError('Seven')"))
        for user, words in ((self.sam, "corrigez l'action"), (self.manager, "fix the step")):
            with self.subTest(user.lang):
                asked = line.with_user(user).with_context(lang=user.lang)
                self.assertIn(words, asked._tell()[line.id]["error"])
                self.assertIn(words, asked.read(["error"])[0]["error"])
                found = asked.search([("error", "ilike", words)])
                self.assertEqual(found, line)

    @mute_logger(ISOLATION)
    def test_conditions_that_could_not_be_evaluated(self):
        domain = [("stage_id", "=", self.stage_offer.id), ("partner_id.name", "=", "Ada")]
        rule, lead = self._create_rule(filter_domain=domain), self._create_lead()

        with patch.object(type(rule), "_search_matching", side_effect=QueryCanceled("canceling statement")):
            self._drag(lead.with_context(lang="fr_FR"), self.stage_offer)

        self.assertStopped(lead, "undecided")
        self.assertRead(
            self._get_runs(lead),
            "The database took too long to answer.",
            "La base de données a mis trop longtemps à répondre.",
        )

    def test_decision_that_was_undone_puts_each_language_back(self):
        self._rule_with(self._task())
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        line = self._get_executions(lead)
        texts = {"en_US": "It came back", "fr_FR": "Il est revenu"}

        line._put_back({line.id: {"error": texts, "attempts": 2}})
        line.invalidate_recordset()

        self.assertEqual(line.attempts, 2)
        self.assertRead(line, "It came back", "Il est revenu")

    def test_reason_that_went_with_its_module(self):
        """In its own language as well, below an error that is there in one only."""
        self._rule_with(self._task())
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        line = self._get_executions(lead)
        choices = self.env["ir.model.fields"]._get(line._name, "skip_reason").selection_ids
        self._in_french(choices.filtered(lambda one: one.value == "test"), name="Le déclencheur est en test")
        line.write({"state": "skipped", "skip_reason": "test", "error": "Seven"})

        line._keep_reasons([("skip_reason", "test")])

        self.assertFalse(line.skip_reason)
        self.assertRead(line, "Seven\nThe rule is in test mode", "Seven\nLe déclencheur est en test")

    def test_name_of_a_deleted_step(self):
        rule = self._rule_on_offer([self._task(), self._task("Visit")])
        self._in_french(rule.step_ids[0], name="Appeler")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        line = self._get_executions(lead, rule)[0]

        rule.step_ids[0].with_user(self.manager).unlink()
        self._new_transaction()

        self.assertRead(line, "Call", "Appeler", "step_name")
        self.assertIn(line, line.with_context(lang="fr_FR").search([("step_name", "=", "Appeler")]))


@tagged("post_install", "-at_install")
class TestEachLanguageWorkingTime(WorkingTimeCommon, EachLanguageCase):
    def test_no_working_time(self):
        rule = self._rule_on_offer([self._task("First"), self._task("Second", delay_count=1, working_time=True)])
        self._in_french(rule.step_ids[1], name="Deuxième")
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self.calendar.attendance_ids.unlink()
        self._run_worker()

        run = self._get_runs(lead)
        self.assertEqual(run.stop_reason, "error")
        self.assertRead(run, "“Second”: it cannot be planned here", "« Deuxième » : ")
        self.assertRead(
            run, "There is no working time in the coming years.", "Aucune heure ouvrée dans les années à venir."
        )
