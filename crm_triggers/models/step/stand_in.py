from contextlib import contextmanager

from odoo import models

from .responsible import SALESPEOPLE


class CrmTriggerStep(models.Model):
    """Who has left, or works in another company, does not sign any more."""

    _inherit = "crm.trigger.step"

    @contextmanager
    def _standing_in(self, documents, senders):
        """Let documents name the sender in the block where their salesperson may not write for their
        company: templates take the name, the address and the signature from there.

        In the cache only, and for the block: nothing may be written to these fields in it.

        :param dict senders: ``{document id: user}``, maybe an empty one: then nobody signs but the company
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
        """Return in whose name a document is written about; may be empty."""
        return ("company_id" in document and document.company_id) or self.rule_id.company_id
