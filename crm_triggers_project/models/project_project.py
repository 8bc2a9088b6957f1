from odoo import api, fields, models


class ProjectProject(models.Model):
    """The document a project was created for, and its template: once ever, whichever rule requests it."""

    _inherit = "project.project"

    crm_trigger_key = fields.Char(
        "Made for", copy=False, readonly=True, index="btree_not_null", help="What a rule made this project for."
    )

    @api.model
    def _get_crm_trigger_key(self, template, document):
        """Return the key for the project of a template and a document."""
        return f"{template.id} {document._name},{document.id}"

    @api.model
    def _search_crm_trigger_made(self, template, documents):
        """Return those of the documents that have a project of the template, even an archived one."""
        keys = {self._get_crm_trigger_key(template, document): document.id for document in documents}
        projects = self.with_context(active_test=False).search([("crm_trigger_key", "in", list(keys))])
        return documents.browse({keys[key] for key in projects.mapped("crm_trigger_key")})
