from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from .each_language_case import EachLanguageCase

ISOLATION = "odoo.addons.crm_triggers.models.isolation"
RENDER = "odoo.addons.mail.models.mail_render_mixin"


@tagged("post_install", "-at_install")
class TestEachLanguage(EachLanguageCase):
    """Each reads what went wrong in his own language, whoever had it done. Fails without ``in_each_language``."""

    def _assert_seven(self, line):
        self.assertRead(
            line,
            "Rule “Rule”, step “Code”: fix the step or the record, then retry. (Seven)",
            "Déclencheur « Règle », action « Agir » : corrigez l'action ou l'enregistrement, puis réessayez. (Seven)",
        )

    @mute_logger(ISOLATION)
    def test_step_that_the_worker_did(self):
        self._assert_seven(self._fail(self._code("raise UserError('Seven')")))

    @mute_logger(ISOLATION)
    def test_step_that_who_saved_did(self):
        """Right after his commit; he reads French, the owner of the rule English."""
        rule = self._rule_with(self._code("raise UserError('Seven')"), user_id=self.manager.id)
        lead = self._create_lead()

        lead.with_user(self.sam).with_context(lang="fr_FR").stage_id = self.stage_offer
        self._commit()
        self._run_worker()

        self._assert_seven(self._get_executions(lead, rule))

    @mute_logger(ISOLATION)
    def test_step_done_by_its_button(self):
        for user in self.sam, self.manager:
            with self.subTest(user.lang):
                rule = self._rule_with(self._code("raise UserError('Seven')", delay_count=3))
                lead = self._create_lead()
                self._drag(lead, self.stage_offer)
                line = self._get_executions(lead, rule)

                line.with_user(user).with_context(lang=user.lang).action_run_now()
                self._commit()
                self._run_worker()

                self._assert_seven(line)
                rule.action_draft()

    @mute_logger(ISOLATION)
    def test_error_goes_in_each_language_when_the_step_is_done(self):
        """A later error takes the place of the earlier one, too."""
        line = self._fail(self._code("raise UserError('Seven')"))
        line.step_id.action_id.code = "raise UserError('Eight')"
        self._run_until("2026-02-02 09:05:00")
        self.assertRead(line, "retry. (Eight)", "réessayez. (Eight)")

        line.step_id.action_id.code = "True"
        self._run_until("2026-02-02 10:00:00")

        self.assertEqual(line.state, "done")
        self.assertFalse(self._read_as(self.manager, line) or self._read_as(self.sam, line))

    @mute_logger(ISOLATION)
    def test_owner_is_told_in_his_language(self):
        """And not in that of who is at work."""
        for user, words in ((self.sam, "Dernière erreur"), (self.manager, "Last error")):
            with self.subTest(user.lang):
                rule = self._rule_with(self._code("raise UserError('Seven')"), user_id=user.id)
                lead = self._create_lead()
                self._drag(lead, self.stage_offer)
                self._get_executions(lead, rule).attempts = 5
                self._run_worker()

                note = html2plaintext(rule.activity_ids.note).replace("\N{NO-BREAK SPACE}", " ")
                self.assertIn(words, note)
                self.assertIn("« Règle »" if user == self.sam else "“Rule”", note)
                rule.action_draft()

    @mute_logger(ISOLATION)
    def test_template_that_was_archived(self):
        template = self._create_template()
        self._in_french(template, name="Modèle")
        self._rule_with(self._mail(template, delay_count=3))
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        template.active = False
        self._move_to("2026-02-05 10:00")
        self._run_worker()

        self.assertRead(
            self._get_executions(lead),
            "(the template “Template” is archived: unarchive it or choose another one.)",
            "(le modèle « Modèle » est archivé : désarchivez-le ou choisissez-en un autre.)",
        )

    @mute_logger(ISOLATION, RENDER)
    def test_text_that_cannot_be_rendered(self):
        template = self._create_template(body_html="<p><t t-out='1 / object.expected_revenue'/></p>")
        self._in_french(template, name="Modèle")

        line = self._fail(self._mail(template), self._create_lead(expected_revenue=0))

        self.assertRead(
            line,
            "(the template “Template” cannot be rendered for this record: correct its text, or the data it uses. (",
            "(le modèle « Modèle » ne peut pas être généré pour cet enregistrement : corrigez son texte",
        )
        self.assertRead(line, "division by zero", "division by zero")
        self.assertNotIn("corrigez son texte", self._read_as(self.manager, line))

    @mute_logger(ISOLATION, RENDER, "odoo.sql_db")
    def test_text_that_asks_the_database_for_what_it_cannot_say(self):
        """Nothing can be read any more when the error is met."""
        asked = "object.env['crm.lead'].search([('id', '=', object.name)])"
        template = self._create_template(body_html=f'<p><t t-out="{asked}"/></p>')

        line = self._fail(self._mail(template))

        self.assertRead(line, "the template “Template” cannot be rendered", "le modèle « Template » ne peut pas")

    @mute_logger(ISOLATION)
    def test_scenario_that_is_not_active(self):
        make = {"trigger": "manual", "model": "res.partner", "activate": False}
        first, other = self._create_rule(name="Prospects", **make), self._create_rule(name="Customers", **make)
        (first | other).with_user(self.manager).action_activate()
        self._in_french(other, name="Clients")
        step = {"kind": "switch", "name": "Switch", "left_scenario_id": first.id, "scenario_id": other.id}
        first.enroll(self.partner)
        rule = self._rule_with(step)
        other.with_user(self.manager).action_draft()
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()

        self.assertRead(
            self._get_executions(lead, rule),
            "“Customers” is not active: activate it first.",
            "« Clients » n'est pas actif : activez-le d'abord.",
        )

    @mute_logger(ISOLATION)
    def test_rollback(self):
        self.assertRead(
            self._fail(self._code("env.cr.rollback()")), "A step cannot roll back", "Une action ne peut pas annuler"
        )

    @mute_logger(ISOLATION)
    def test_error_that_speaks_of_what_was_undone(self):
        """A rule that the step made and that went with it: the words are those in which it was raised."""
        made = "env['crm.trigger.rule'].create({'name': 'Made', 'model_id': env['ir.model']._get_id('crm.lead'),"
        line = self._fail(self._code(f"{made} 'trigger': 'manual'}}).enroll(record)"))

        self.assertRead(line, "“Made” is not active: activate it first.", "“Made” is not active: activate it first.")
        self.assertRead(line, "fix the step", "corrigez l'action")

    def test_worker_that_was_interrupted(self):
        self._rule_with(self._task())
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        line = self._get_executions(lead)

        line._carry_out_by_step(interruptions=3)

        self.assertRead(line, "interrupted 3 times while doing", "a été interrompue 3 fois")

    def test_others_in_the_way(self):
        self._rule_with(self._task())
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        line = self._get_executions(lead)

        line._fail(SerializationFailure())

        self.assertRead(line, "Another operation was changing", "Une autre opération modifiait")
