from odoo import api, fields, models

from ..capture.cache import STEP_FIELDS
from ..records.paths import get_field_at


class CrmTriggerStep(models.Model):
    """One action of a rule, with its delay and condition.

    Sales managers create steps within a rule; they are deleted with it. The action itself is an Odoo server action,
    one per step; as managers have no access to that model, the system writes it for them after checking that they
    may.
    """

    _name = "crm.trigger.step"
    _description = "Trigger Step"
    _inherit = ["crm.trigger.known.mixin"]
    _inherits = {"ir.actions.server": "action_id"}
    _order = "rule_id, sequence, id"
    _crm_trigger_known = frozenset(STEP_FIELDS)

    # Definition
    action_id = fields.Many2one(
        "ir.actions.server",
        "Server action",
        required=True,
        ondelete="cascade",
        index=True,
        help="The action defined by the administrator.",
    )
    rule_id = fields.Many2one(
        "crm.trigger.rule", required=True, ondelete="cascade", index=True, help="The rule that the step belongs to."
    )
    rule_model_id = fields.Many2one(related="rule_id.model_id", string="Record kind")
    rule_model_name = fields.Char(related="rule_id.model_name", string="Record model")
    rule_trigger = fields.Selection(related="rule_id.trigger", string="Trigger of the rule")
    name = fields.Char(required=True, translate=True, help="What the step is called in the log.")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("activity", "Plan an activity"),
            ("mail", "Send an email"),
            ("note", "Notify by an internal note"),
            ("message", "Post a message to the followers"),
            ("update", "Change a field"),
            ("opportunity", "Create the opportunity"),
            ("enroll", "Add to a scenario"),
            ("other", "Server action (administrator)"),
        ],
        "What to do",
        required=True,
        default="activity",
        help="What is done when the step is due.",
    )

    # When
    delay_count = fields.Integer("Delay", default=0, help="How long the step waits; 0 for immediately.")
    delay_unit = fields.Selection(
        [
            ("minutes", "minutes"),
            ("hours", "hours"),
            ("days", "days"),
            ("weeks", "weeks"),
            ("months", "months"),
        ],
        default="days",
        required=True,
        help="Unit of the delay.",
    )
    delay_from = fields.Selection(
        [
            ("previous", "after the previous step"),
            ("start", "after the start"),
            ("date", "after the date of the rule"),
        ],
        "Counted",
        default="previous",
        required=True,
        help="Where the delay begins: when the step before has ended, when the rule started, or on its date.",
    )
    working_time = fields.Boolean(
        "Count working time only",
        help="Count the working days or hours of the record's company, without public holidays, also for the "
        "deadline of an activity. Weeks and months that end on a day off move to the next working day. "
        "Planned steps keep their date when the calendar changes.",
    )
    filter_domain = fields.Char(
        "Only if", help="The step is skipped for records that do not meet these conditions when it is due."
    )

    # What it does, in fields of the server action; read as superuser, because managers cannot read it
    state = fields.Selection(related="action_id.state", readonly=False, help="What kind of server action it is.")
    template_id = fields.Many2one(
        related="action_id.template_id",
        readonly=False,
        help="The email template with subject and text; it is sent in the language of the customer.",
    )
    activity_type_id = fields.Many2one(
        related="action_id.activity_type_id",
        readonly=False,
        help="What kind of activity is planned: a call, a meeting, something to do.",
    )
    activity_date_deadline_range = fields.Integer(
        related="action_id.activity_date_deadline_range", readonly=False, help="Time until the deadline."
    )
    activity_date_deadline_range_type = fields.Selection(
        related="action_id.activity_date_deadline_range_type", readonly=False, help="Unit of the deadline."
    )
    update_path = fields.Char(related="action_id.update_path", readonly=False)
    value = fields.Text(related="action_id.value", readonly=False)
    html_value = fields.Html(
        related="action_id.html_value", readonly=False, help="The text that the field is set to; empty clears it."
    )
    resource_ref = fields.Reference(
        related="action_id.resource_ref", readonly=False, help="What the field is set to; empty clears it."
    )
    selection_value = fields.Many2one(
        related="action_id.selection_value", readonly=False, help="What the field is set to."
    )
    update_boolean_value = fields.Selection(
        related="action_id.update_boolean_value", readonly=False, help="Whether the box is ticked or not."
    )
    update_m2m_operation = fields.Selection(
        related="action_id.update_m2m_operation",
        readonly=False,
        help="Whether the value is added, taken away, put in place of the others, or all are cleared.",
    )
    scenario_id = fields.Many2one(related="action_id.scenario_id", readonly=False)
    update_field_id = fields.Many2one("ir.model.fields", compute="_compute_update_field")
    update_relation_id = fields.Many2one("ir.model", compute="_compute_update_field")
    update_type = fields.Char(compute="_compute_update_field")
    value_field_to_show = fields.Char(compute="_compute_update_field")
    update_choices = fields.Char(
        "To choose from",
        compute="_compute_update_choices",
        help="The fields that your rules can change. An administrator can choose others.",
    )

    # What it does, in our own fields: translated, as one rule serves salespeople with several languages
    activity_summary = fields.Char("Title", translate=True, help="The title in the salesperson's list of activities.")
    activity_note = fields.Html("Note", translate=True, help="What to keep in mind; shown below the title.")
    message_body = fields.Html(
        "Text", translate=True, help="The text of the note or message, if no template is chosen."
    )
    deadline_from = fields.Selection(
        [("today", "the day it is planned"), ("date", "the date of the rule")],
        "Deadline counted from",
        default="today",
        required=True,
        help="Whether the deadline is counted from the day the activity is planned or from the date of the rule.",
    )
    responsible = fields.Selection(
        [
            ("salesperson", "Salesperson"),
            ("leader", "Team leader"),
            ("user", "Chosen user"),
            ("owner", "Owner of the rule"),
        ],
        "For",
        default="salesperson",
        required=True,
        help="Who gets the activity or the note. If there is no one, or they have no access to the record, the "
        "salesperson of the record, the salesperson of its contact, the team leader and the owner of the "
        "rule are tried in turn.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        "User",
        domain=[("share", "=", False)],
        ondelete="set null",
        help="The user who gets it, regardless of the salesperson.",
    )
    pass_over_absent = fields.Boolean(
        "Skip absent users",
        default=True,
        help="Users who are out of office until the activity is due are skipped for the next in turn; an activity "
        "that can wait for them stays theirs. Without this option, it is theirs in any case.",
    )

    _check_delay = models.Constraint(
        "CHECK (delay_count >= 0 OR delay_from = 'date')",
        "Only a delay counted from the date of the rule can be negative.",
    )

    def _get_working_time(self, company):
        """Return the working hours by which this step counts for a record of this company, None for all hours."""
        if not self.working_time:
            return None
        return self.rule_id._get_counting_company(company).resource_calendar_id._get_crm_trigger_time()

    @api.depends("update_path", "rule_id.model_id")
    def _compute_update_field(self):
        """Choose the input that fits the field to change; fields are read as superuser."""
        for step in self:
            field = step._get_updated_field()
            record = self.env["ir.model.fields"].sudo()
            if field is not None:
                record = record._get(field.model_name, field.name)
            step.update_field_id = record
            step.update_type = record.ttype
            step.update_relation_id = self.env["ir.model"]._get_id(record.relation) if record.relation else False
            step.value_field_to_show = {
                "many2one": "resource_ref",
                "many2many": "resource_ref",
                "selection": "selection_value",
                "boolean": "update_boolean_value",
                "html": "html_value",
            }.get(record.ttype, "value")

    @api.depends("rule_id.model_id")
    @api.depends_context("lang")
    def _compute_update_choices(self):
        for step in self:
            step.update_choices = self._get_update_labels(step.rule_id.model_name)

    def _get_updated_field(self):
        """Return the field at the end of ``update_path``, None if there is no such path."""
        return get_field_at(self.env, self.rule_id.model_name, self.update_path or "")

    @api.onchange("activity_type_id")
    def _onchange_activity_type_id(self):
        """Suggest the title of the type, unless the user wrote another."""
        suggested = self.env["mail.activity.type"].search([("summary", "!=", False)]).mapped("summary")
        if not self.activity_summary or self.activity_summary in suggested:
            self.activity_summary = self.activity_type_id.summary

    @api.onchange("update_path")
    def _onchange_update_path(self):
        """Clear the value when the field changes; warn immediately about a field that cannot be updated."""
        path = self.update_path
        self.value = self.selection_value = self.resource_ref = self.html_value = False
        if path and not self.env.user._is_system() and path not in self._get_update_paths(self.rule_model_name):
            self.update_path = False
            return {
                "warning": {
                    "title": self.env._("Choose another field"),
                    "message": self._get_update_refusal(self.rule_model_name, path),
                }
            }
        return None

    def _search_wanted(self, records):
        """Return the ids of the records that meet the step's own condition, as a set."""
        if not self.filter_domain:
            return set(records.ids)
        wanted = self.rule_id._within_reach(self._get_wanted_domain())
        return self.rule_id._search_among(records.ids, wanted, self.filter_domain)

    def _get_wanted_domain(self):
        """Return the step's own condition, evaluated now; an empty one matches all records."""
        return self.rule_id._evaluate(self.filter_domain)
