from odoo import api, fields, models

GUIDE = "https://github.com/crm-triggers/crm_triggers/blob/main/docs"  # in user/ in English, in fr/ in French


class CrmTriggerHelp(models.Model):
    """A help page on screen: about all rules, about those with one trigger, or about those on one model.

    Add-ons provide pages as data, which are deleted with them; all users who see triggers can read them.
    """

    _name = "crm.trigger.help"
    _description = "Help Page"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="The name of the page.")
    icon = fields.Char(default="fa-question-circle", required=True, help="Name of a Font Awesome icon.")
    sequence = fields.Integer(default=10)
    trigger = fields.Selection(
        selection="_selection_trigger", help="The page opens for rules started this way; empty for any."
    )
    model_names = fields.Char(
        "Models", help="The page opens for rules on these models, separated by commas, before any other; empty for any."
    )
    body = fields.Html(required=True, translate=True, help="The text of the page.")
    guide = fields.Char("Page of the guide", help="Where the user guide goes on, for instance delays.md.")
    guide_url = fields.Char("Address in the guide", compute="_compute_guide_url", help="In the language of the reader.")

    @api.depends("guide")
    @api.depends_context("lang")
    def _compute_guide_url(self):
        folder = "fr" if (self.env.lang or "").startswith("fr") else "user"
        for page in self:
            page.guide_url = page.guide and f"{GUIDE}/{folder}/{page.guide}"

    def _selection_trigger(self):
        return self.env["crm.trigger.rule"]._fields["trigger"]._description_selection(self.env)
