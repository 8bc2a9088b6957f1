from odoo import api, fields, models


class ProjectProject(models.Model):
    """Which document a project was made for, and of which template: once ever, whatever rule asks for it."""

    _inherit = "project.project"

    crm_trigger_key = fields.Char(
        "Made for", copy=False, readonly=True, index="btree_not_null", help="What a rule made this project for."
    )

    @api.model
    def _get_crm_trigger_key(self, template, document):
        """Return what tells that there is a project of a template for a document."""
        return f"{template.id} {document._name},{document.id}"

    @api.model
    def _search_crm_trigger_made(self, template, documents):
        """Return those of the documents for which a project of the template is there, or in the archive."""
        keys = {self._get_crm_trigger_key(template, document): document.id for document in documents}
        projects = self.with_context(active_test=False).search([("crm_trigger_key", "in", list(keys))])
        return documents.browse({keys[key] for key in projects.mapped("crm_trigger_key")})
