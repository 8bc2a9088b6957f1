from markupsafe import Markup

from odoo import api, fields, models


class CrmTriggerStep(models.Model):
    """The record on which a step puts its activity, mail or note.

    The record itself; its *document*, if the record is a line without a chatter; or its contact, if the step says
    so.
    """

    _inherit = "crm.trigger.step"

    target = fields.Selection(
        [("record", "The record"), ("contact", "Its contact")],
        "Post on",
        default="record",
        required=True,
        help="Choose the contact if the recipients cannot open the record. For a line, it is placed on the "
        "document of the line. Without a contact, it stays on the record. On a contact, which more people "
        "can read, a link to the record is shown instead of its name.",
    )
    document_model_id = fields.Many2one("ir.model", "Document kind", compute="_compute_document_model")
    document_model_name = fields.Char("Document model", compute="_compute_document_model")

    @api.depends("rule_id.model_id")
    def _compute_document_model(self):
        for step in self:
            name = self._get_document_model_name(step.rule_id.model_name)
            step.document_model_name = name
            step.document_model_id = self.env["ir.model"]._get_id(name) if name else False

    @api.model
    def _get_document_fields(self):
        """Return ``{model name: name of a many2one}`` for models that are lines of a document.

        What rules on a line create is put on its document, which also provides contact, company and salesperson.
        Models declare it by ``_crm_trigger_document``.
        """
        return self.env["ir.model"]._get_crm_trigger_said("document")

    @api.model
    def _get_document_model_name(self, model_name):
        """Return the model whose chatter is used for records of ``model_name``."""
        fname = self._get_document_fields().get(model_name)
        return self.env[model_name]._fields[fname].comodel_name if fname else model_name

    @api.model
    def _get_documents(self, records):
        """Return ``{record id: its document}``; for most models, the record itself.

        :param records: recordset of one model
        """
        fname = self._get_document_fields().get(records._name)
        return {record.id: (fname and record[fname]) or record for record in records}

    def _get_targets(self, records):
        """Return ``{record id: the record whose chatter this step uses}``.

        An email always stays on the document of its template.
        """
        documents = self._get_documents(records)
        if self.target != "contact" or self._get_kind().placed != "target":
            return documents
        get_partner = self.env["crm.trigger.run"]._get_partner
        return {record.id: get_partner(record) or documents[record.id] for record in records}

    def _get_record_label(self, record, target):
        """Return how a record is named in a text on another one.

        Lines are named on their document, as its readers can read them. Readers of a contact may not read each of
        its leads: those are links, which show nothing to users who cannot open them.
        """
        document = self._get_documents(record)[record.id]
        if document == target:
            return record.display_name
        return Markup('<a href="/odoo/%s/%s">#%s</a>') % (document._name, document.id, document.id)
