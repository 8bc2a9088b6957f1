from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ...engine import states
from ..records.paths import get_path_label


class CrmTriggerStep(models.Model):
    """Writes the server action behind a step on behalf of users without access to it, limited to the fields on a
    list.
    """

    _inherit = "crm.trigger.step"

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        own_list = []
        # Other defaults in a caller's context were not checked.
        actions_sudo = self.env(su=True, context=clean_context(self.env.context))["ir.actions.server"]
        for vals in vals_list:
            kind = vals.get("kind") or self.default_get(["kind"])["kind"]
            own, action = self._split_values({**vals, "kind": kind})
            rule = self.env["crm.trigger.rule"].browse(vals["rule_id"])
            rule.check_access("write")
            self._check_manager_may(rule.model_name, kind, action)
            if kind == "activity" and not action.get("activity_date_deadline_range_type"):
                action["activity_date_deadline_range_type"] = "days"  # Odoo leaves it empty for a given number
            own["name"] = own.get("name") or self._get_default_name(rule.model_name, {**vals, "kind": kind})
            action.update(name=own["name"], model_id=self._get_action_model_id(rule, kind), usage="crm_trigger")
            own["action_id"] = actions_sudo.create(action).id
            own_list.append(own)
        steps = super().create(own_list)
        steps._sign({name for vals in vals_list for name, value in vals.items() if value})
        steps._check_refused()
        self.env["crm.trigger.rule"]._clear_rules()
        return steps

    @api.model
    def _get_default_name(self, model_name, vals):
        """Return the name in the log of a step without one."""
        kind = dict(self._fields["kind"]._description_selection(self.env))[vals["kind"]]
        get_subject = getattr(self, f"_get_{vals['kind']}_subject", None)
        what = get_subject and get_subject(model_name, vals)
        return self.env._("%(kind)s: %(what)s", kind=kind, what=what) if what else kind

    def write(self, vals):
        own, action = self._split_values(vals)
        if "rule_id" in own and any(step.rule_id.id != own["rule_id"] for step in self):
            raise UserError(self.env._("A step stays with its rule: make a new one in the other rule."))
        if "filter_domain" in own and not self._may_make_any():
            self.filtered(lambda step: step._is_for_administrators())._refuse_reach()
        for step in self if action or "kind" in own else ():
            kind = own.get("kind", step.kind)
            # With the existing values, so that a user cannot change a restricted field or one that an administrator
            # made an expression.
            given = step._get_given((*self._get_standing_fields(), *self._kinds[kind].action))
            self._check_manager_may(step.rule_model_name, kind, given | action)
        if action:
            self.check_access("write")
            if "kind" in own:
                self.sudo()._fit_action(own["kind"])
            self.sudo().action_id.write(action)
        result = super().write(own) if own else True
        self._sign(vals)
        self._check_refused()
        return result

    def unlink(self):
        self.check_access("unlink")
        actions_sudo = self.sudo().action_id
        self.sudo()._leave_log()
        result = super().unlink()
        actions_sudo.unlink()
        self.env["crm.trigger.rule"]._clear_rules()
        return result

    def _leave_log(self):
        """Cancel the planned executions of these steps, which are about to be deleted, and let their runs continue;
        what they did stays in the log under their name.
        """
        self.flush_recordset(["name"])
        for step in self.sorted(lambda step: (step.sequence, step.id)):
            domain = [("step_id", "=", step.id), ("state", "=", states.SCHEDULED)]
            waiting = self.env["crm.trigger.execution"].search(domain)
            waiting.run_id.filtered(lambda run: run.state == states.RUNNING)._plan(step.rule_id, after=step)
            waiting._mark({"state": states.CANCEL, "done_at": fields.Datetime.now()})
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_trigger_execution SET past_name = (SELECT name FROM crm_trigger_step WHERE id = %s)"
                    " WHERE rule_id = %s AND step_id = %s",
                    step.id,
                    step.rule_id.id,
                    step.id,
                )
            )

    def copy_data(self, default=None):
        """A copied step gets a server action of its own, with the same content.

        Read as superuser, as a manager cannot read server actions. This can be called externally: users who may not
        create such a step do not get its content.

        :raises AccessError: the user could not create one of them
        """
        self.check_access("read")
        if not self._may_make_any() and any(step._is_for_administrators() for step in self):
            self._refuse_kind(", ".join(self.mapped("kind")))
        vals_list = super(CrmTriggerStep, self.sudo()).copy_data(default)
        for step_sudo, vals in zip(self.sudo(), vals_list, strict=True):
            own, _action = self._split_values(vals)
            vals.clear()
            vals.update({**step_sudo._copy_action_content(), **own})
        return vals_list

    def _copy_action_content(self):
        """Return the values of the server action that a copy of this step needs."""
        action = self.action_id
        content = action.copy_data()[0] if self.kind == "other" else {}
        # Odoo does not copy computed fields, although a user may have set them.
        names = self._get_manager_fields()
        content |= {name: action._fields[name].convert_to_write(action[name], action) for name in names}
        return {name: value for name, value in content.items() if value and name not in ("name", "model_id", "usage")}

    def _get_action_model_id(self, rule, kind):
        """Return the model of the server action: the one whose chatter it writes to."""
        name = rule.model_name
        return self.env["ir.model"]._get_id(self._get_document_model_name(name) if self._kinds[kind].placed else name)

    def _fit_action(self, kind):
        """Set the model of the server actions that a kind needs, before the rest is written; values chosen for
        another model are invalid for this one.
        """
        for step in self:
            model_id = self._get_action_model_id(step.rule_id, kind)
            if step.action_id.model_id.id != model_id:
                step.action_id.write({"model_id": model_id, "update_path": False, "template_id": False})

    def _update_cache(self, values, validate=True):
        """A form being edited does not expose its server action either: the fields of a step are read as superuser."""
        if not self.env.su:
            values = {name: value for name, value in values.items() if name != "action_id"}
        return super()._update_cache(values, validate)

    def _get_own_fields(self):
        """Return the names of the fields that are stored on the step, not on the server action."""
        return {name for name, field in self._fields.items() if not (field.related or "").startswith("action_id.")}

    def _split_values(self, vals):
        """Split values into those of the step itself and those of its server action.

        The server action itself cannot be set by the caller.
        """
        own_names = self._get_own_fields()
        own = {name: value for name, value in vals.items() if name in own_names - {"action_id"}}
        action = {name: value for name, value in vals.items() if name not in own_names}
        if vals.get("kind") in self._kinds:
            action.update(self._kinds[vals["kind"]].action)
        return own, action

    @api.model
    def _may_make_any(self):
        return self.env.su or self.env.user._is_system()

    def _is_for_administrators(self):
        """Return whether a sales manager could not create this step: then administrators alone decide what it does
        and on which records.
        """
        step = self.sudo()
        if step.kind != "update":
            return step.kind == "other"
        paths = self._get_update_paths(step.rule_model_name)
        return step.action_id.evaluation_type != "value" or bool(step.update_path and step.update_path not in paths)

    def _refuse_reach(self):
        """Refuse to let others than administrators change the conditions of administrators' steps.

        :raises AccessError: there are some
        """
        if self:
            raise AccessError(
                self.env._(
                    "Step “%s” is restricted: only an administrator can change which records it applies to.",
                    self[0].name,
                )
            )

    def _check_manager_may(self, model_name, kind, action_vals):
        """Restrict a sales manager to the listed kinds and fields, and to what ``_may_make_<kind>`` requires.

        :raises AccessError: the values exceed that
        """
        if self._may_make_any():
            return
        forced, allowed = self._kinds[kind].action, self._get_manager_fields()
        beyond = {
            name
            for name, value in action_vals.items()
            if name not in allowed and (name not in forced or forced[name] != value)
        }
        if kind == "other" or beyond:
            self._refuse_kind(", ".join(sorted(beyond)) or kind)
        self.env["crm.trigger.rule"].browse(action_vals.get("scenario_id") or []).check_access("read")
        if may_make := getattr(self, f"_may_make_{kind}", None):
            may_make(model_name, action_vals)

    @api.model
    def _refuse_kind(self, what):
        raise AccessError(self.env._("Only an administrator can make steps of the kind “Server action” (%s).", what))

    @api.model
    def _get_update_refusal(self, model_name, path):
        return self.env._(
            "Rules cannot change “%(path)s”. They can change: %(allowed)s. An administrator can create other steps.",
            path=get_path_label(self.env, model_name, path),
            allowed=self._get_update_labels(model_name),
        )

    @api.model
    def _get_update_labels(self, model_name):
        """Return what a sales manager's step may change on a model, with the labels on screen."""
        labels = {get_path_label(self.env, model_name, path) for path in self._get_update_paths(model_name)}
        return ", ".join(sorted(labels)) or "-"

    @api.model
    def _get_update_paths(self, model_name):
        """Return the paths a sales manager's step may change on a model: its ``_crm_trigger_update_paths``.

        Override to add paths; never add one that leads to users, rights, accounts or amounts.
        """
        return set(self.env[model_name]._crm_trigger_update_paths) if model_name in self.env else set()
