from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...engine import states

EXAMPLE = "crm_triggers_example"
EXAMPLE_ACTION = "crm_triggers.crm_trigger_example_action"


class CrmTriggerRule(models.Model):
    """Templates: archived drafts provided by add-ons, from which rules are created.

    As they are archived, nothing that lists, counts or starts rules includes them.
    """

    _inherit = "crm.trigger.rule"

    is_template = fields.Boolean(
        "Template", readonly=True, copy=False, help="Shown among the templates, from which rules are created."
    )
    step_lines = fields.Text("Steps in Words", compute="_compute_step_lines", help="What the rule does, and when.")
    template_needs = fields.Char(
        "Needs", compute="_compute_template_needs", help="The app and the email templates that the rule works with."
    )

    @api.constrains("is_template", "active", "state")
    def _check_template_rests(self):
        """A template watches nothing and is not counted."""
        for rule in self.filtered("is_template"):
            if rule.active or rule.state != states.DRAFT:
                raise ValidationError(
                    self.env._("“%s” is a template: use it, then activate the rule you get.", rule.name)
                )

    @api.depends("step_ids.name", "step_ids.timing")
    @api.depends_context("lang")
    def _compute_step_lines(self):
        for rule in self:
            rule.step_lines = "\n".join(f"{step.name} · {step.timing}" for step in rule.step_ids)

    @api.depends("model_id", "step_ids.template_id")
    @api.depends_context("lang")
    def _compute_template_needs(self):
        modules = self.env["ir.module.module"].sudo()  # the name of an app is not confidential
        for rule in self:
            model = self.env.registry.get(rule.model_name)
            app = modules._get(model._original_module).shortdesc if model and model._original_module != "base" else None
            rule.template_needs = " · ".join(filter(None, (app, *rule.step_ids.template_id.mapped("name"))))

    def action_use(self):
        """Create a draft from this template in the current company, and open it for review.

        It gets the initial conditions of any rule created in the form. It keeps the email templates of the gallery,
        which can be replaced in the steps.
        """
        self.ensure_one()
        here = {"company_id": self.env.company.id, "user_id": self.env.uid}
        rule = self.copy({**here, "active": True, "recur_from": fields.Date.context_today(self)})
        rule._add_initial_conditions()
        return rule._action_open()

    @api.model
    def _get_example_module(self):
        """Return the add-on with the example process, with sudo, if it can be installed here; else none."""
        modules = self.env["ir.module.module"].sudo()
        module = modules.search([("name", "=", EXAMPLE), ("state", "=", "uninstalled")])
        needed = module | module.upstream_dependencies()
        missing = {"unknown", "uninstallable"} & set(needed.dependencies_id.mapped("state"))
        return modules if missing else module

    @api.model
    def action_install_example(self):
        """Install the example process and reload the page, with its rules.

        :raises AccessError: the user may not install apps
        """
        if not self.env.user._is_system():
            raise AccessError(self.env._("Only an administrator can install the example process."))
        if module := self._get_example_module():
            module.sudo(False).button_immediate_install()
        return {"type": "ir.actions.act_url", "url": "/odoo/crm-triggers", "target": "self"}

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Hide the offer if the add-on is missing or installed."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "kanban":
            for header in arch.xpath("//header[button[contains(@class, 'o_crm_trigger_example')]]"):
                if not self._get_example_module():
                    header.getparent().remove(header)
        return arch, view

    @api.model
    def get_empty_list_help(self, help_message):
        """Offer the example on an empty list to users who may install it."""
        text = super().get_empty_list_help(help_message)
        if not (text and self.env.user._is_system() and self._get_example_module()):
            return text
        link = Markup('<p><a type="action" name="%s" class="btn btn-secondary">%s</a></p>')
        return text + link % (EXAMPLE_ACTION, self.env._("Install the example process"))
