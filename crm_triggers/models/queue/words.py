import re

from odoo import models

from ..each_language import in_each_language, name_error, pick


class CrmTriggerExecution(models.Model):
    """What went wrong, in words, for each who reads it."""

    _inherit = "crm.trigger.execution"

    def _explain(self, error):
        """Return what went wrong and the cure, in each language."""
        texts = name_error(self.env, error)
        return in_each_language(
            self,
            lambda told: told.env._(
                "Rule “%(rule)s”, step “%(step)s”: fix the step or the record, then retry. (%(error)s)",
                rule=told.rule_id.name,
                step=told.step_name,
                error=pick(texts, told.env.lang),
            ),
        )

    def _conceal(self, texts):
        """Return texts, one a language, without the names of these records: all who read the rule read what its
        owner is told. An error may have named a record in another language than the text is in."""
        concerned = self._get_concerned()
        names = {name for lang in texts for records in concerned for name in _get_names(records, lang)}
        longest_first = sorted(names, key=len, reverse=True)
        return {lang: _leave_out(longest_first, text) for lang, text in texts.items()}

    def _get_concerned(self):
        """Return the records that these lines are about, and their contacts: recordsets, each of one model."""
        by_model = self.grouped("res_model").items()
        records = (self.env[name].browse(lines.mapped("res_id")) for name, lines in by_model if name in self.env)
        return [self.partner_id, *(some.exists() for some in records)]


def _get_names(records, lang):
    """Return all that these records are called in a language, as a set."""
    told = records.with_context(lang=lang)
    names = {record.display_name for record in told}
    if told._rec_name:
        names.update(record[told._rec_name] for record in told)
    return {name for name in names if name and isinstance(name, str)}


def _leave_out(names, text):
    """Return a text with "…" in place of names."""
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", text)
    return text
