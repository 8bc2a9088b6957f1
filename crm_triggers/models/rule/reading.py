from contextlib import nullcontext

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import ormcache
from odoo.tools.misc import babel_locale_parse

from ..isolation import isolated
from ..records.paths import CLOCK, COMPANY, LANG, find_asked
from .conditions import DOMAIN_FIELDS


class CrmTriggerRule(models.Model):
    """The language, company and time zone in which conditions are read: the same in saves, the clock, the worker,
    "why?" and counters as for the user who wrote them.
    """

    _inherit = "crm.trigger.rule"

    condition_lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language of the conditions",
        default=lambda self: self._get_writer_lang(),
        help="The language of the names in the conditions, that of the user who typed the first one. It stays "
        "until none of them is left.",
    )
    asks_lang = fields.Boolean("Conditions refer to names", compute="_compute_reading")
    reading = fields.Char(
        "How conditions are evaluated",
        compute="_compute_reading",
        help="In which language, for which company and in which time zone conditions are evaluated, where that "
        "matters.",
    )

    def write(self, vals):
        worded = not {*DOMAIN_FIELDS, "model_id"}.isdisjoint(vals) and "condition_lang" not in vals
        before = {rule: rule._get_condition_texts() for rule in self} if worded else {}
        result = super().write(vals)
        for rule, texts in before.items():
            rule._adopt_language(texts)
        if lang := vals.get("condition_lang"):
            self._keep_language(lang)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        for rule, vals in zip(rules, vals_list, strict=True):
            if lang := vals.get("condition_lang"):
                rule._keep_language(lang)
        return rules

    def _keep_language(self, lang):
        """Keep the chosen language, whoever writes or copies the steps at the same time."""
        self.sudo().filtered(lambda rule: rule.condition_lang != lang).condition_lang = lang  # chosen explicitly

    @api.model
    def _get_writer_lang(self):
        """Return the code of the current language of the user."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        spoken = (self.env.context.get("lang"), self.env.user.lang)
        return next((code for code in spoken if code in installed), installed[0])

    def _get_condition_texts(self):
        """Return all conditions of this rule and of its steps, as written, without empty ones."""
        texts = [*(self[fname] for fname in DOMAIN_FIELDS), *self.sudo().step_ids.mapped("filter_domain")]
        return [text for text in texts if text]

    def _adopt_language(self, before):
        """Adopt the user's language if they used a name in the conditions they wrote, and no older condition
        contains a name.

        :param list before: the previous conditions, of :meth:`_get_condition_texts`
        """
        kept = [text for text in self._get_condition_texts() if text in before]
        written = [text for text in self._get_condition_texts() if text not in before]
        lang = self._get_writer_lang()
        if self.condition_lang != lang and self._ask_for(LANG, written) and not self._ask_for(LANG, kept):
            self.sudo().condition_lang = lang  # users who may write conditions, of steps too, decide how they are read

    # Dependencies

    @ormcache("self.model_name", "text")
    def _get_asked(self, text):
        """Return what a condition of this rule depends on: set of LANG, COMPANY, CLOCK.

        :raises Exception: it cannot be evaluated
        """
        found = find_asked(self.env, self.model_name, self._evaluate(text))
        return frozenset(found | ({CLOCK} if "today" in text else set()))

    def _ask_for(self, what, texts):
        """Return whether some of these conditions depend on that; those that cannot be evaluated do not."""
        asked = set()
        for text in filter(None, texts):
            with isolated(nullcontext(), f"{self}: what {text} depends on", lambda error: None):
                asked |= self._get_asked(text)
        return what in asked

    # The common context

    def _get_model(self, company=None):
        """Return the rule's model for evaluating its conditions: as superuser, with archived records (lost leads),
        and in the same language, company and time zone for all users.

        :param company: ``res.company`` of the records, if each is to be read in its own
        """
        rule = self.sudo()  # how conditions are read is not confidential, even in other companies
        context = {
            "active_test": False,
            "allowed_company_ids": (company or rule._get_reading_company()).ids,
            "lang": rule._get_reading_lang(),
            "tz": rule._get_tz(),
        }
        return self.env(user=SUPERUSER_ID, su=True, context=context)[self.model_name]

    def _get_readable_model(self):
        """Return the rule's model with the user's rights, for reading as its conditions are; constraints run as
        superuser.
        """
        context = dict(self._get_model().env.context)
        company_id, *_others = context.pop("allowed_company_ids")
        if company_id in self.env.user._get_company_ids():
            others = [one for one in self.env.companies.ids if one != company_id]
            context["allowed_company_ids"] = [company_id, *others]
        return self.env[self.model_name].sudo(False).with_context(**context)

    def _get_reading_company(self):
        """Return the company whose values conditions see: the rule's, else the one whose time zone applies."""
        return self._get_counting_company() or self.env["res.users"].browse(SUPERUSER_ID).company_id

    def _get_reading_lang(self):
        """Return the code of an installed language; that of the conditions, if it still is."""
        lang = self.condition_lang
        return lang if lang and self.env["res.lang"]._get_data(code=lang) else "en_US"

    # As text

    @api.depends(
        *DOMAIN_FIELDS, "condition_lang", "company_id", "model_id", "step_ids.filter_domain", "tz", "tz_from", "user_id"
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_reading(self):
        for rule in self:
            texts = rule._get_condition_texts() if rule.model_name in self.env else []
            rule.asks_lang = len(self.env["res.lang"].get_installed()) > 1 and rule._ask_for(LANG, texts)
            parts = [*rule._get_reading_words(texts)]
            rule.reading = self.env._("Conditions are evaluated %s.", ", ".join(parts)) if parts else False

    def _get_reading_words(self, texts):
        """Yield in which language, company and time zone these are read, where it matters."""
        if self.asks_lang:
            reader, lang = (babel_locale_parse(code) for code in (self.env.lang, self._get_reading_lang()))
            yield self.env._("in %s", lang.get_language_name(reader))
        if self._ask_for(COMPANY, texts) and self.env["res.company"].sudo().search_count([], limit=2) > 1:
            if self._differs_by_company(*texts):
                yield self.env._("for the company of each record")
            else:
                yield self.env._("for %s", self.sudo()._get_reading_company().name)
        if self._ask_for(CLOCK, texts) and (tz := self._get_tz()) != str(self.env.tz):
            yield self.env._("in the time zone of %s", tz.rpartition("/")[2].replace("_", " "))
