from contextlib import contextmanager

from odoo import models

from .responsible import SALESPEOPLE


class CrmTriggerStep(models.Model):
    """Users who left, or work in another company, no longer sign."""

    _inherit = "crm.trigger.step"

    @contextmanager
    def _standing_in(self, documents, senders):
        """Let documents use the sender instead of their salesperson within the block, where the salesperson may not
        write for their company: templates take name, address and signature from there.

        In the cache only, within the block: these fields must not be written in it.

        :param dict senders: ``{document id: user}``; if the user is empty, only the company signs
        """
        seen = []
        for fname in SALESPEOPLE:
            field = documents._fields.get(fname)
            if field is None or field.comodel_name != "res.users":
                continue
            documents.flush_recordset([fname])
            gone = documents.filtered(lambda one: one[fname] and not self._may_sign(one[fname], one))  # noqa: B023
            for document in gone:
                field._update_cache(document, senders[document.id].id or None)
            seen.append((fname, gone))
        try:
            yield
        finally:
            for fname, gone in seen:
                gone.invalidate_recordset([fname], flush=False)

    def _may_sign(self, user, document):
        return bool(user._crm_trigger_there(self._get_sending_company(document)))

    def _get_sending_company(self, document):
        """Return the company in whose name a message about a document is written; may be empty."""
        return ("company_id" in document and document.company_id) or self.rule_id.company_id
