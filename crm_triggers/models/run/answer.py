from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...engine import states

SKEW = timedelta(days=1)  # tolerance for the sender's clock; an older message is not an answer


class CrmTriggerRun(models.Model):
    """Runs that stop when the customer answers."""

    _inherit = "crm.trigger.run"

    @api.model
    def _stop_answered(self, thread, message):
        """Stop the runs that a message answers, if their rules say so, in the message's transaction.

        A run continues if the message itself started it, by the lead it created, or if it is newer than the
        message, as when an old mailbox is imported. A run that is over stops if what it wrote last is not sent yet.

        :param thread: the record that the message is on
        :param message: ``mail.message`` from an external sender
        """
        runs = self.browse()
        for model_name, (rule_ids, res_ids) in self._get_answered(thread).items():
            runs |= self.search(
                [
                    ("res_model", "=", model_name),
                    ("res_id", "in", list(res_ids)),
                    ("rule_id", "in", rule_ids),
                    ("state", "in", (states.RUNNING, states.DONE)),
                ]
            )
        answered = (message.date or self.env.cr.now()) + SKEW
        older = runs.filtered(lambda run: run.create_date < min(self.env.cr.now(), answered))
        concerned = older.filtered(lambda run: run._is_from_contact(message))
        over = concerned.filtered(lambda run: run.state == states.DONE)
        (concerned - over)._stop(states.STOP_ANSWERED)
        if over:
            over._take_back_unsent(by_record=False).run_id._stop(states.STOP_ANSWERED)

    @api.model
    def _get_answered(self, thread):
        """Return ``{model name: (ids of rules, ids of records)}`` that an answer on a record stops: of the record,
        its opportunity, or the documents of its opportunity.
        """
        answered = {}
        for model_name, rule_ids in self.env["crm.trigger.rule"]._get_answerable().items():
            res_ids = self._get_answered_ids(thread, model_name)
            if res_ids:
                answered[model_name] = (rule_ids, res_ids)
        return answered

    @api.model
    def _get_answered_ids(self, thread, model_name):
        if model_name == thread._name:
            return set(thread._ids)
        if model_name == "crm.lead":
            fname = self._get_opportunity_field(thread._name)
            return set(thread[fname]._ids) if fname else set()  # never the record itself, which is included above
        document = self.env["crm.trigger.step"]._get_document_fields().get(model_name)
        opportunity = self._get_opportunity_field(model_name)
        model, leading = self.env[model_name].with_context(active_test=False), Domain.FALSE
        for fname in filter(None, (document, opportunity)):
            if model._fields[fname].comodel_name == thread._name:
                leading |= Domain(fname, "in", thread.ids)
        return set(model.search(leading)._ids)

    def _is_from_contact(self, message):
        """Return whether a message is from the contact of this run: from them, from another contact of their
        company, or from their email address or that of the record. If the record has another contact now, the
        earlier one no longer counts.
        """
        record = self.env[self.res_model].browse(self.res_id)
        partners = self._get_partner(record) or self.partner_id
        emails = {*partners.mapped("email_normalized"), "email_normalized" in record and record.email_normalized}
        if message.author_id.commercial_partner_id & partners.commercial_partner_id:
            return True
        return email_normalize(message.email_from) in emails - {False}
