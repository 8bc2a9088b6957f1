from odoo.addons.crm_triggers.models.each_language import Worded
from odoo.exceptions import UserError
from odoo.http import serialize_exception
from odoo.tests import tagged
from odoo.tools import mute_logger

from .each_language_case import EachLanguageCase

ISOLATION = "odoo.addons.crm_triggers.models.isolation"


@tagged("post_install", "-at_install")
class TestErrorsTold(EachLanguageCase):
    """Errors in each language: what readers, languages and numbers of them do to it."""

    def _plan_lines(self, count=1, steps=None):
        rule = self._rule_on_offer(steps or [self._task()], user=self.admin)
        leads = self._create_leads(count)
        self._drag(leads, self.stage_offer)
        return self._get_executions(leads, rule)

    def _read(self, line, lang):
        line.invalidate_recordset()
        return line.with_context(lang=lang).error.replace("\N{NO-BREAK SPACE}", " ")

    def _switch(self, code, *, active):
        self.env["res.lang"].with_context(active_test=False).search([("code", "=", code)]).active = active

    @mute_logger(ISOLATION)
    def test_language_that_comes_back_reads_no_older_error(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        line = self._plan_lines()
        line._fail(UserError("Seven"))
        self._new_transaction()
        self._switch("nl_NL", active=False)
        line._fail(UserError("Eight"))
        self._new_transaction()
        self._switch("nl_NL", active=True)

        self.assertIn("Eight", self._read(line, "nl_NL"))
        self.assertIn("corrigez", self._read(line, "fr_FR"))

    def _count_failing(self):
        """Return how many queries the worker takes for ten records that fail one by one."""
        lines = self._plan_lines(10, [self._code("raise UserError(str(record.id))")])
        before = self.env.cr.sql_log_count
        self._run_worker()
        self.assertEqual(lines.mapped("attempts"), [1] * 10)
        lines.rule_id.unlink()
        return self.env.cr.sql_log_count - before

    @mute_logger(ISOLATION)
    def test_languages_cost_few_queries_for_each_record_that_fails(self):
        """Fails without ``read_in_each_language``, two queries for each language."""
        few = self._count_failing()
        for lang in ("nl_NL", "de_DE", "es_ES"):
            self.env["res.lang"]._activate_lang(lang)
        many = self._count_failing()

        self.assertLess(many - few, 20)

    def test_whoever_meets_an_error_sees_no_crash(self):
        """The web client and callers of the external API go by its name."""
        error = Worded.of(self.sam, lambda told: "Seven")

        self.assertEqual(serialize_exception(error)["name"], "odoo.exceptions.UserError")

    @mute_logger(ISOLATION)
    def test_reader_finds_groups_sorts_and_exports_in_his_language(self):
        lines = self._plan_lines(2)
        lines._fail(UserError("Seven"))
        lines._write_in_each_language("error", {"en_US": "Apple", "fr_FR": "Zèbre"})
        lines[0]._write_in_each_language("error", {"en_US": "Zebra", "fr_FR": "Pomme"})
        self._new_transaction()
        asked = lines.with_user(self.sam).with_context(lang="fr_FR")
        found = asked.search([("id", "in", lines.ids)], order="error")
        self.assertEqual(found.mapped("error"), ["Pomme", "Zèbre"])
        groups = asked._read_group([("id", "in", lines.ids)], ["error"], ["__count"])
        self.assertEqual(groups, [("Pomme", 1), ("Zèbre", 1)])
        web = asked.formatted_read_group([("id", "in", lines.ids)], ["error"], ["__count"])
        self.assertEqual([group["error"] for group in web], ["Pomme", "Zèbre"])
        self.assertEqual(asked.search([("error", "=", "Pomme")]), lines[0])
        self.assertFalse(asked.search([("error", "=", "Zebra")]))
        self.sam.group_ids += self.env.ref("base.group_allow_export")
        self.assertEqual(asked.sorted("id").export_data(["error"])["datas"], [["Pomme"], ["Zèbre"]])
        self.assertEqual(lines[0].copy_data()[0].get("error"), "Zebra")
        lines.filtered(lambda line: line.error == "Apple").error = False
        self.env.flush_all()
        self.assertEqual(asked.search([("error", "=", False), ("id", "in", lines.ids)]), lines[1])

    @mute_logger(ISOLATION)
    def test_odd_texts(self):
        line = self._plan_lines()
        line._fail(UserError("100% %(a)s {b} \x00 \ud83d \\ ' \" "))
        self._new_transaction()
        self.assertIn("100% %(a)s {b}", self._read(line, "fr_FR"))

    @mute_logger(ISOLATION)
    def test_user_without_a_language(self):
        line = self._plan_lines()
        line.rule_id.user_id = self.tom
        self.tom.partner_id.lang = False
        line.attempts = 5
        line._fail(UserError("Seven"))
        self._new_transaction()
        self.assertIn("Rule", line.rule_id.activity_ids.note)

    def test_company_whose_language_is_no_longer_installed(self):
        """Of a company that was closed: its contact is archived, its records are not."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.company.partner_id.lang = "nl_NL"
        line = self._plan_lines()
        self.env.cr.execute("UPDATE res_partner SET active = false WHERE id = %s", [self.company.partner_id.id])
        self._new_transaction()
        self._switch("nl_NL", active=False)
        self._run_worker()

        self.assertEqual((line.state, line.error), ("done", False))
