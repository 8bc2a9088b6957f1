import re

from odoo import models

from ..each_language import in_each_language, name_error, pick, read_in_each_language


class CrmTriggerExecution(models.Model):
    """The error text of an execution, in each language."""

    _inherit = "crm.trigger.execution"

    def _explain(self, error):
        """Return the error and the remedy, by language."""
        texts = name_error(self.env, error)
        read_in_each_language(self.rule_id, "name")
        read_in_each_language(self.step_id, "name")
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
        """Return texts, by language, without the names of these records: all users who can read the rule read its
        owner's activity. An error may contain a name in another language than its own.
        """
        concerned = self._get_concerned()
        names = {name for lang in texts for records in concerned for name in _get_names(records, lang)}
        longest_first = sorted(names, key=len, reverse=True)
        return {lang: _leave_out(longest_first, text) for lang, text in texts.items()}

    def _get_concerned(self):
        """Return the records of these lines, and their contacts: recordsets, each of one model."""
        by_model = self.grouped("res_model").items()
        records = (self.env[name].browse(lines.mapped("res_id")) for name, lines in by_model if name in self.env)
        return [self.partner_id, *(some.exists() for some in records)]


def _get_names(records, lang):
    """Return all names of these records in a language, as a set."""
    told = records.with_context(lang=lang)
    names = {record.display_name for record in told}
    if told._rec_name:
        names.update(record[told._rec_name] for record in told)
    return {name for name in names if name and isinstance(name, str)}


def _leave_out(names, text):
    """Return a text with "…" instead of names."""
    for name in (name for name in names if name in text):  # of hundreds of records
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", text)
    return text
