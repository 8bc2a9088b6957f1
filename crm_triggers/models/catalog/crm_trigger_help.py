from odoo import fields, models


class CrmTriggerHelp(models.Model):
    """A page of help on screen: about all rules, about those of one trigger, or about those on
    one kind of record.

    Add-ons bring pages as data and take them along; everybody who sees triggers reads them.
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

    def _selection_trigger(self):
        return self.env["crm.trigger.rule"]._fields["trigger"]._description_selection(self.env)
