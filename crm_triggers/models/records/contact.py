from odoo import api, models


class CrmTriggerRun(models.Model):
    """The contact, the company and the opportunity of a record."""

    _inherit = "crm.trigger.run"

    @api.model
    def _get_partner_field(self, model_name):
        """Return the name of the contact field of a record, None without one.

        ``partner_id``, or the model's ``_crm_trigger_partner``.
        """
        model = self.env[model_name]
        field = model._fields.get("partner_id")
        return model._crm_trigger_partner or ("partner_id" if field and field.comodel_name == "res.partner" else None)

    @api.model
    def _get_partner(self, record):
        """Return the contact of a record or else of its document; may be empty."""
        path = self._get_partner_field(record._name)
        if not path:
            record = self.env["crm.trigger.step"]._get_documents(record)[record.id]
            path = self._get_partner_field(record._name)
        if not path:
            return self.env["res.partner"]
        return record if path == "id" else record[path]

    @api.model
    def _get_parties(self, rule, record):
        """Return the contact (empty without one) and the company of a record.

        The runs of a record without a company belong to the rule's company.
        """
        document = self.env["crm.trigger.step"]._get_documents(record)[record.id]
        has_company = record if "company_id" in record else document
        company = has_company.company_id if "company_id" in has_company else self.env["res.company"]
        return self._get_partner(record), company or rule.company_id

    @api.model
    def _get_opportunity_field(self, model_name):
        """Return the name of the opportunity field of a record, None without one.

        ``opportunity_id``, or the model's ``_crm_trigger_opportunity``.
        """
        model = self.env[model_name]
        field = model._fields.get("opportunity_id")
        return model._crm_trigger_opportunity or (
            "opportunity_id" if field and field.comodel_name == "crm.lead" else None
        )
