from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import states


class CrmTriggerRule(models.Model):
    """WHEN something happens to a record, IF conditions hold, THEN the steps.

    Sales managers create rules; they die with their model or by hand, and take their runs
    along. A rule captures nothing before it is activated, and nothing that was so before.
    """

    _name = "crm.trigger.rule"
    _description = "Trigger Rule"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    # Definition
    name = fields.Char(
        required=True, translate=True, tracking=True, help="What people call the rule, in lists and in the log."
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
        help="In test, the rule only logs what it would do. Paused, it hears nothing and its planned steps wait.",
    )
    activated_at = fields.Datetime(
        "Active since",
        readonly=True,
        copy=False,
        help="The rule only reacts to what happens after this moment. A date without a time counts if it is due "
        "on that day.",
    )
    model_id = fields.Many2one(
        "ir.model",
        "Applies to",
        required=True,
        ondelete="cascade",
        domain=lambda self: self._get_model_domain(),
        help="The kind of record the rule looks at.",
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
        help="Who gets the activities and notes of the rule when nobody else can be found.",
    )

    # Trigger
    trigger = fields.Selection(
        [
            ("create", "A record is created"),
            ("match", "A record starts to meet the conditions"),
            ("date", "A date is reached"),
            ("recurring", "Regularly, on all that meet the conditions"),
            ("happening", "Something happens to a record: activity, meeting, message"),
            ("manual", "Put in by hand or by another rule (scenario)"),
        ],
        required=True,
        default="match",
        tracking=True,
        help="What kind of happening starts the rule; “How does this work?” explains each.",
    )

    # Conditions
    filter_pre_domain = fields.Char(
        "Before the change", help="What the record must have met before the change; empty for anything."
    )
    filter_domain = fields.Char(
        "Conditions", help="The rule is for the records that meet these conditions; empty for all."
    )
    unheard_fields = fields.Char(
        compute="_compute_unheard_fields",
        help="What of the conditions changes without anybody touching the record itself.",
    )
    sweep = fields.Boolean(
        "Look regularly too",
        help="Look at all records every few minutes, besides listening: for values that another "
        "program writes into the database directly. Done by itself for conditions that nobody can hear changing.",
    )
    above_id = fields.Integer(
        "New above", readonly=True, copy=False, help="The last record that was there when the rule was switched on."
    )
    unsettled_since = fields.Datetime(
        "Making up since",
        readonly=True,
        copy=False,
        help="Since then, records that were saved just when the rule was switched on are looked for.",
    )
    settles = fields.Boolean(
        "Last look", readonly=True, copy=False, help="Nothing was saved any more without the rule being known."
    )
    keep_matching = fields.Boolean(
        "Only while conditions hold",
        default=True,
        help="When the record no longer meets the conditions, what is still planned for it is cancelled.",
    )
    stop_domain = fields.Char(
        "Stop when", help="When the record meets this, what is still planned for it is cancelled."
    )
    stop_on_answer = fields.Boolean(
        "Stop when the customer answers",
        help="An email or a message on the portal from the contact or his company, on the record or its opportunity, "
        "cancels what is still planned. Out-of-office replies are no answers.",
    )
    exclude_domain = fields.Char("Except when", help="Records that meet this are left alone.")
    exclude_internal = fields.Boolean(
        "Except colleagues",
        default=True,
        help="Leave out records whose contact is an internal user.",
    )
    hear_own = fields.Boolean(
        "Hear its own steps",
        help="Also react to what its own steps change. Ten times in a row at most: then it is stopped.",
    )

    # Actions
    step_ids = fields.One2many(
        "crm.trigger.step", "rule_id", "Steps", copy=True, help="What the rule does, in this order."
    )
    run_ids = fields.One2many("crm.trigger.run", "rule_id", "Runs")
    access_warning = fields.Text(
        "Who may not open the records",
        compute="_compute_access_warning",
        help="Steps meant for somebody who may not open the records: they go to another.",
    )

    # What one finds it by
    step_kind = fields.Selection(related="step_ids.kind", string="Kind of Step", help="Finds the rules that do this.")
    step_template_id = fields.Many2one(
        related="step_ids.template_id", string="Email Template", help="Finds the rules that send this email."
    )

    # Statistics
    run_count = fields.Integer(
        compute="_compute_counts", help="How many times a record has gone through the rule, as far as you may see it."
    )
    planned_count = fields.Integer(compute="_compute_counts", help="How many steps wait for their time.")
    error_count = fields.Integer(
        compute="_compute_counts",
        help="How many steps failed and were given up; the log says why and lets you try them again.",
    )

    @api.onchange("model_id")
    def _onchange_model_id(self):
        """What was chosen of another kind of record means nothing for this one."""
        if self.model_id in (self._origin.model_id, self.model_id.browse(self.env.context.get("default_model_id"))):
            return
        if self.preset_id and self.model_id.model == self.preset_id.model_name:
            return  # the preset says the rest
        self._clear_choices()
        self.filter_domain = self._get_initial_conditions(self.model_id.model)

    def _clear_choices(self):
        """Empty what was chosen of the records that this rule was for."""
        self.filter_pre_domain = self.stop_domain = self.exclude_domain = False

    @api.model
    def _get_initial_conditions(self, model_name):
        """Return the conditions, as text, that a new rule on a model begins with, or None.

        Its ``_crm_trigger_initial_conditions``; override where they depend on more.
        """
        return self.env[model_name]._crm_trigger_initial_conditions if model_name in self.env else None

    @api.model
    def _get_model_domain(self):
        """Return the models that rules can be made for: those with a chatter, and their lines."""
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
        """Steps are made for one model; and a rule on the log of rules would feed itself."""
        for rule in self:
            if (rule.model_name or "").startswith("crm.trigger."):
                raise ValidationError(self.env._("Rules cannot be made for the triggers themselves."))
            if not (rule._is_unbound() or self.env["ir.model"].sudo().search_count(rule._get_own_model_domain())):
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: rules for %(model)s are the administrator's. Choose a kind of record that "
                        "has a chatter.",
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
                        "Rule “%(rule)s” has steps for another kind of record: delete its "
                        "steps before changing what it applies to.",
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
