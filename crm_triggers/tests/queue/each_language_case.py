"""Who reads the log in which language."""

from ..mail_step_case import MailStepCase


class EachLanguageCase(MailStepCase):
    """Mona reads English, Sam French."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.sam.lang = "fr_FR"

    def _read_as(self, user, log, fname="error"):
        """Return what somebody reads in the log, with plain spaces."""
        text = log.with_user(user).with_context(lang=user.lang)[fname]
        return text and text.replace("\N{NO-BREAK SPACE}", " ")

    def _in_french(self, records, **names):
        for fname, name in names.items():
            records.with_context(lang="fr_FR")[fname] = name

    def assertRead(self, log, english, french, fname="error"):  # noqa: N802
        self.assertIn(english, self._read_as(self.manager, log, fname))
        self.assertIn(french, self._read_as(self.sam, log, fname))

    def _rule_with(self, step, **vals):
        rule = self._rule_on_offer([step], user=self.admin, **vals)
        self._in_french(rule, name="Règle")
        self._in_french(rule.step_ids, name="Agir")
        return rule

    def _fail(self, step, lead=None, **vals):
        """Return the execution of a step that fails, done by the worker."""
        rule = self._rule_with(step, **vals)
        lead = lead or self._create_lead()
        self._drag(lead, self.stage_offer)
        self._run_worker()
        return self._get_executions(lead, rule)
