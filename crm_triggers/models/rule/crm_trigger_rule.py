from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import states


class CrmTriggerRule(models.Model):
    """WHEN an event occurs on a record, IF conditions are met, THEN run the steps.

    Sales managers create rules; deleting a rule or its model deletes its runs. A rule captures nothing before it is
    activated, and does not apply to earlier changes.
    """

    _name = "crm.trigger.rule"
    _description = "Trigger Rule"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    # Definition
    name = fields.Char(
        required=True, translate=True, tracking=True, help="The name of the rule, in lists and in the log."
    )
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True, help="What this rule is for, in plain words.")
    state = fields.Selection(
        [
            (states.DRAFT, "Draft"),
            (states.TEST, "Test"),
            (states.LIVE, "Live"),
            (states.PAUSED, "Paused"),
        ],
        default=states.DRAFT,
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        help="In test, the rule only logs what it would do. While paused, it does not react and its planned steps "
        "wait.",
    )
    activated_at = fields.Datetime(
        "Active since",
        readonly=True,
        copy=False,
        help="The rule only reacts to events after this moment. A date without a time counts if it is due on that day.",
    )
    model_id = fields.Many2one(
        "ir.model",
        "Applies to",
        required=True,
        ondelete="cascade",
        domain=lambda self: self._get_model_domain(),
        help="The type of record the rule watches.",
    )
    model_name = fields.Char(related="model_id.model", store=True, index=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="The rule only sees this company's records and those without a company. Leave empty for all companies.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        default=lambda self: self.env.user,
        tracking=True,
        help="The user who gets the activities and notes of the rule when no one else can be found.",
    )

    # Trigger
    trigger = fields.Selection(
        [
            ("create", "A record is created"),
            ("match", "A record starts to meet the conditions"),
            ("date", "A date is reached"),
            ("recurring", "Regularly, on all records that meet the conditions"),
            ("happening", "Something happens to a record: activity, meeting, message"),
            ("signal", "The contact does something: signals"),
            ("manual", "Added by hand or by another rule (scenario)"),
        ],
        required=True,
        default="match",
        tracking=True,
        help="The type of event that starts the rule; “How does this work?” explains each one.",
    )

    # Conditions
    filter_pre_domain = fields.Char(
        "Before the change",
        help="The conditions that the record must have met before the change; empty if there are none.",
    )
    filter_domain = fields.Char(
        "Conditions", help="The rule applies to records that meet these conditions; empty for all."
    )
    unheard_fields = fields.Char(
        "Untracked fields",
        compute="_compute_unheard_fields",
        help="Conditions that can change without the record itself being modified.",
    )
    sweep = fields.Boolean(
        "Also check periodically",
        help="Check all records every few minutes besides real-time detection: for values that another program "
        "writes directly to the database. Enabled automatically for conditions that cannot be tracked in "
        "real time.",
    )
    above_id = fields.Integer(
        "New above", readonly=True, copy=False, help="The last record that existed when the rule was activated."
    )
    unsettled_since = fields.Datetime(
        "Catching up since",
        readonly=True,
        copy=False,
        help="Since then, records that were saved just when the rule was activated are searched for.",
    )
    settles = fields.Boolean(
        "Last check", readonly=True, copy=False, help="No record has been saved since without this rule."
    )
    keep_matching = fields.Boolean(
        "Only while conditions are met",
        default=True,
        help="When the record no longer meets the conditions, what is still planned for it is cancelled.",
    )
    stop_domain = fields.Char(
        "Stop when", help="When the record meets this, what is still planned for it is cancelled."
    )
    stop_on_answer = fields.Boolean(
        "Stop when the customer answers",
        help="An email or a portal message from the contact or their company, on the record or its opportunity, "
        "cancels what is still planned. Automatic replies do not count.",
    )
    exclude_domain = fields.Char("Except when", help="Records that meet these conditions are excluded.")
    exclude_internal = fields.Boolean(
        "Except colleagues",
        default=True,
        help="Leave out records whose contact is an internal user.",
    )
    hear_own = fields.Boolean(
        "Allow triggering by its own steps",
        help="Also react to changes made by its own steps. It is stopped after ten times in a row.",
    )

    # Actions
    step_ids = fields.One2many(
        "crm.trigger.step", "rule_id", "Steps", copy=True, help="What the rule does, in this order."
    )
    run_ids = fields.One2many("crm.trigger.run", "rule_id", "Runs")
    access_warning = fields.Text(
        "Users without access to the records",
        compute="_compute_access_warning",
        help="Steps for someone without access to the records: they go to someone else.",
    )

    # Search fields
    step_kind = fields.Selection(related="step_ids.kind", string="Kind of Step", help="Finds the rules that do this.")
    step_template_id = fields.Many2one(
        related="step_ids.template_id", string="Email Template", help="Finds the rules that send this email."
    )

    # Statistics
    run_count = fields.Integer(
        compute="_compute_counts",
        help="How many times records have gone through the rule, among those you have access to.",
    )
    planned_count = fields.Integer(compute="_compute_counts", help="How many steps are planned.")
    error_count = fields.Integer(
        compute="_compute_counts",
        help="How many steps failed; the log shows why and lets you retry them.",
    )

    @api.onchange("model_id")
    def _onchange_model_id(self):
        """Clear values that were chosen for another model."""
        if self.model_id in (self._origin.model_id, self.model_id.browse(self.env.context.get("default_model_id"))):
            return
        if self.preset_id and self.model_id.model == self.preset_id.model_name:
            return  # the preset fills in the rest
        self._clear_choices()
        self.filter_domain = self._get_initial_conditions(self.model_id.model)

    def _clear_choices(self):
        """Clear the values chosen for the previous model."""
        self.filter_pre_domain = self.stop_domain = self.exclude_domain = False

    @api.model
    def _get_initial_conditions(self, model_name):
        """Return the initial conditions of a new rule on a model, as text, or None.

        Its ``_crm_trigger_initial_conditions``; override if they depend on more.
        """
        return self.env[model_name]._crm_trigger_initial_conditions if model_name in self.env else None

    @api.model
    def _get_model_domain(self):
        """Return the models that can have rules: those with a chatter, and their lines."""
        lines = list(self.env["crm.trigger.step"]._get_document_fields())
        return [
            ("transient", "=", False),
            ("abstract", "=", False),
            "|",
            ("is_mail_thread", "=", True),
            ("model", "in", lines),
            ("model", "not =like", "crm.trigger.%"),
        ]

    def _get_own_model_domain(self):
        return [("id", "=", self.model_id.id), *self._get_model_domain()]

    @api.depends("step_ids.access_warning", "step_ids.name")
    def _compute_access_warning(self):
        for rule in self:
            steps = rule.step_ids.filtered("access_warning")
            rule.access_warning = "\n".join(rule._label(step.name or step.kind, step.access_warning) for step in steps)

    def _compute_counts(self):
        """Managers see the counts of the runs and executions they may read."""
        runs = self._count_by_rule("crm.trigger.run", [])
        planned = self._count_by_rule("crm.trigger.execution", [("state", "=", states.SCHEDULED)])
        errors = self._count_by_rule("crm.trigger.execution", [("state", "=", states.ERROR)])
        for rule in self:
            rule.run_count = runs.get(rule.id, 0)
            rule.planned_count = planned.get(rule.id, 0)
            rule.error_count = errors.get(rule.id, 0)

    def _count_by_rule(self, model_name, domain):
        groups = self.env[model_name]._read_group([("rule_id", "in", self.ids), *domain], ["rule_id"], ["__count"])
        return {rule.id: count for rule, count in groups}

    @api.constrains("model_id")
    def _check_model(self):
        """Steps are for one model; and a rule on the log of rules would trigger itself."""
        for rule in self:
            if (rule.model_name or "").startswith("crm.trigger."):
                raise ValidationError(self.env._("Rules cannot apply to the triggers themselves."))
            if not (rule._is_unbound() or self.env["ir.model"].sudo().search_count(rule._get_own_model_domain())):
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: rules for %(model)s are reserved for administrators. Choose a type "
                        "of record that has a chatter.",
                        rule=rule.name,
                        model=rule.model_id.name,
                    )
                )
            if any(
                step.action_id.model_id.id != step._get_action_model_id(rule, step.kind)
                for step in rule.sudo().step_ids
            ):
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” has steps for another type of record: delete its steps before "
                        "changing what it applies to.",
                        rule=rule.name,
                    )
                )

    def action_view_runs(self):
        return self._action_view("crm_triggers.crm_trigger_run_action")

    def action_view_executions(self):
        return self._action_view("crm_triggers.crm_trigger_execution_action")

    def _action_view(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}
