import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...engine import domain as domain_engine

VALUE = "{value}"  # in the conditions of a preset: the record the user chooses


class CrmTriggerPreset(models.Model):
    """An event in sales terms, by which users choose what starts a rule: "Quotation sent".

    Add-ons provide presets as data, which are deleted with them. A rule copies the values of its preset and keeps
    working without it.
    """

    _name = "crm.trigger.preset"
    _description = "Trigger Preset"
    _order = "sequence, id"

    # Definition
    name = fields.Char(required=True, translate=True, help="The event in sales terms, as users choose it.")
    phrase = fields.Char(
        required=True,
        translate=True,
        help="What the sentence of a rule says after “When”: “a quotation is sent”. For a date, the date itself: "
        "“the end date of a contract”; for what is done regularly, to what: “each unpaid invoice”. {value} stands for "
        "the record that is chosen.",
    )
    phase = fields.Selection(
        [
            ("prospect", "Leads"),
            ("opportunity", "Opportunities"),
            ("quotation", "Quotations"),
            ("order", "Orders"),
            ("invoice", "Invoices"),
            ("contract", "Contracts"),
            ("contact", "Contacts"),
        ],
        required=True,
        help="Where in the sales process it happens.",
    )
    description = fields.Text(translate=True, help="What exactly is detected, and when.")
    icon = fields.Char(default="fa-bolt", required=True, help="Name of a Font Awesome icon.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="If archived, it is no longer offered; rules created from it keep working."
    )

    # Values copied to a rule
    model_name = fields.Char("Model", required=True, help="Technical name of the type of record.")
    trigger = fields.Selection(
        [
            ("create", "A record is created"),
            ("match", "A record starts to meet the conditions"),
            ("date", "A date is reached"),
            ("recurring", "Regularly, on all records that meet the conditions"),
            ("happening", "Something happens to a record: activity, meeting, message"),
            ("signal", "The contact does something: signals"),
        ],
        required=True,
        default="match",
        help="The type of event.",
    )
    filter_domain = fields.Char(
        "Conditions", help="Conditions joined by “and”; {value} stands for the record that is chosen."
    )
    filter_pre_domain = fields.Char("Before the change", help="The conditions that the record met before the change.")
    happening = fields.Char(help="Technical name of what happens to the record, for instance activity_done.")
    activity_category = fields.Selection(
        [("phonecall", "Call")], "Type of activity", help="The first type of activity of this kind is suggested."
    )
    meeting_mode = fields.Selection(
        [("onsite", "On site"), ("video", "By video"), ("phone", "By phone")],
        "Kind of meeting",
        help="The suggested type of meeting.",
    )
    meeting_rank = fields.Integer("Which meeting", help="1 for the first one only, as a suggestion.")
    date_field = fields.Char("Date field", help="Name of the field whose date starts the rule.")
    trg_date_range = fields.Integer("Delay", help="How long before or after the date, as a suggestion.")
    trg_date_range_type = fields.Selection(
        [("minutes", "minutes"), ("hour", "hours"), ("day", "days"), ("week", "weeks"), ("month", "months")],
        "Delay unit",
        default="day",
        required=True,
        help="Unit of the delay.",
    )
    trg_date_range_mode = fields.Selection(
        [("after", "after the date"), ("before", "before the date")],
        "Delay mode",
        default="after",
        required=True,
        help="Whether the rule runs before the date or after it.",
    )
    value_model = fields.Char("Model of the value", help="Model of the record to choose, for instance crm.stage.")
    available = fields.Boolean(
        compute="_compute_available", search="_search_available", help="Whether everything it needs is installed."
    )

    @api.depends(
        "model_name", "trigger", "happening", "date_field", "value_model", "filter_domain", "filter_pre_domain"
    )
    def _compute_available(self):
        for preset in self:
            preset.available = preset._is_available()

    @api.model
    def _search_available(self, operator, value):
        """Presets are few: each one is checked."""
        if operator != "in":
            return NotImplemented
        presets = self.sudo().search([("active", "=", True)])  # not confidential
        return Domain("id", "in", presets.filtered(lambda preset: preset.available in value).ids)

    @api.constrains("filter_domain", "value_model")
    def _check_conditions(self):
        for preset in self:
            try:
                preset._get_terms(value_id=1)
            except (SyntaxError, ValueError) as error:
                raise ValidationError(
                    self.env._("Preset “%s”: its conditions are a list of fields and values.", preset.name)
                ) from error
            if (VALUE in (preset.filter_domain or "")) != bool(preset.value_model):
                raise ValidationError(
                    self.env._(
                        "Preset “%s”: what is chosen needs both a model and {value} in the conditions.", preset.name
                    )
                )

    def _is_available(self):
        """Return whether all the modules and fields this preset uses are installed."""
        model = self.env.get(self.model_name)
        if model is None or (self.value_model and self.value_model not in self.env) or not self._is_known():
            return False
        named = domain_engine.root_fields([*self._get_terms(value_id=1), *self._read(self.filter_pre_domain)])
        return named | ({self.date_field} if self.date_field else set()) <= model._fields.keys()

    def _is_known(self):
        """Return whether rules can still be started this way: the trigger may have been removed with an add-on."""
        rules = self.env["crm.trigger.rule"]._fields
        chosen = {"trigger": self.trigger, "happening": self.happening}
        return all(not value or value in rules[name].get_values(self.env) for name, value in chosen.items())

    def _get_activity_type(self):
        """Return the activity type to suggest, empty for any."""
        types = self.env["mail.activity.type"]
        return types.search([("category", "=", self.activity_category)], limit=1) if self.activity_category else types

    def _get_terms(self, value_id=None):
        """Return the conditions as a list of ``(path, operator, value)``, all joined by "and".

        :param int value_id: the chosen record; without it the terms that need one are left out
        :raises SyntaxError, ValueError: they are no such list
        """
        found = self._read((self.filter_domain or "").replace(VALUE, repr(value_id or VALUE)))
        return [
            term for term in map(tuple, found) if VALUE not in (term[2] if isinstance(term[2], list) else [term[2]])
        ]

    @api.model
    def _read(self, text):
        return ast.literal_eval(text or "[]")
