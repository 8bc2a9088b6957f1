from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ....engine import states
from ...records.paths import get_path_label
from ...step.kinds import StepKind, declare, made, skipped

declare(
    "update",
    StepKind(
        action={"state": "object_write", "evaluation_type": "value"},
        icon="fa-pencil",
        heading="process",
        needs="update",
        manager_fields=(
            "update_path",
            "value",
            "resource_ref",
            "selection_value",
            "update_boolean_value",
            "html_value",
            "update_m2m_operation",
        ),
        standing_fields=("update_path",),
        defaults={"update_m2m_operation": None},
        batch="light",
        minutes=1,
    ),
)


class CrmTriggerStep(models.Model):
    """The step that changes a field."""

    _inherit = "crm.trigger.step"

    def _act_update(self, executions):
        """Write the value on all records with another one."""
        records, action = self._get_records(executions), self.action_id
        if action.evaluation_type != "value":
            return self._act_server_action(executions)
        fname = action.update_path.rpartition(".")[2]
        value = action._eval_value()[action.id]
        outcomes, targets, places = {}, {}, self._get_written(records, action.update_path)
        bound, user = self._get_bound(places, fname), self._get_user_to_set()
        for execution, record in zip(executions, records, strict=True):
            free = places[record] - bound
            if user and not all(user._crm_trigger_there(self._get_sending_company(one)) for one in places[record]):
                outcomes[execution] = skipped(states.SKIP_NO_ACCESS)
            elif not places[record] or self._is_so(places[record], fname, value):
                outcomes[execution] = skipped(states.SKIP_ALREADY)
            elif not free or self._is_so(free, fname, value):
                outcomes[execution] = skipped(states.SKIP_COMMITTED)
            else:
                targets[execution] = free
                outcomes[execution] = made(free[:1])
        if targets:
            written = next(iter(targets.values())).union(*targets.values())
            written.write({fname: value})
            if fname in written._crm_trigger_terms:
                written._crm_trigger_settle_prices()
        return outcomes

    def _get_written(self, records, path):
        """Return ``{record: the records that a path leads to, whose last field is written}``."""
        way = path.rpartition(".")[0]
        return {record: record.mapped(way) if way else record for record in records}

    def _get_bound(self, places, fname):
        """Return those of the records to write that were agreed with a customer, if the field is part of the terms."""
        written = next(iter(places.values())).union(*places.values()) if places else self.browse()
        return written._get_crm_trigger_bound() if fname in written._crm_trigger_terms else written.browse()

    def _get_held_back(self, executions):
        """Skip records agreed with a customer if an administrator's action would change their terms: one with a
        formula, or a multi action.
        """
        held = super()._get_held_back(executions)
        if self.kind == "update" and self.action_id.evaluation_type == "value":
            return held  # checked record by record
        records = self._get_records(executions)
        for path in self._get_written_paths():
            places = self._get_written(records, path)
            bound = self._get_bound(places, path.rpartition(".")[2])
            held |= {
                line: states.SKIP_COMMITTED
                for line, record in zip(executions, records, strict=True)
                if places[record] & bound
            }
        return held

    def _get_written_paths(self):
        """Return the field paths that the server actions of this step write, including those of a multi action."""
        actions = level = self.action_id
        while level := level.child_ids - actions:
            actions |= level
        return {action.update_path for action in actions if action.state == "object_write" and action.update_path}

    def _get_user_to_set(self):
        """Return the user whom this step makes responsible, or adds to the responsible ones; empty if it does not."""
        field, users = self._get_updated_field(), self.env["res.users"]
        if self.kind != "update" or field is None or field.comodel_name != "res.users":
            return users
        taken = field.type == "many2many" and self.update_m2m_operation in ("remove", "clear")
        is_chosen = self.action_id.evaluation_type == "value" and (self.value or "").isdecimal() and not taken
        chosen = users.browse(int(self.value)).exists() if is_chosen else users
        return chosen.filtered(lambda user: not user.share)

    def _get_refusal(self):
        user, company = self._get_user_to_set(), self.rule_id.company_id
        if user and company - user.company_ids:
            return self.env._(
                "%(who)s: no access to the company of the rule (%(company)s). Choose someone who works there.",
                who=user.name,
                company=company.name,
            )
        return super()._get_refusal()

    def _is_so(self, target, fname, value):
        """Return whether the target already has the value; formatted texts are written anyway."""
        field = target._fields[fname]
        if field.type == "many2many":
            return all(_is_list_so(record[fname], *value[0]) for record in target)
        return field.type not in ("one2many", "html") and all(
            field.convert_to_cache(record[fname], record) == field.convert_to_cache(value, record) for record in target
        )

    def _get_update_subject(self, model_name, vals):
        path = vals.get("update_path")
        return path and get_path_label(self.env, model_name, path)

    @api.model
    def _may_make_update(self, model_name, action_vals):
        """A manager may change the listed fields."""
        path = action_vals.get("update_path")
        if path and path not in self._get_update_paths(model_name):
            raise AccessError(self._get_update_refusal(model_name, path))

    def _get_update_phrase(self):
        if not self.update_path:
            return self.env._("change a field")
        label = get_path_label(self.env, self.rule_model_name, self.update_path)
        value = self._get_value_label()
        operation = self.update_m2m_operation if self.update_type == "many2many" else "set"
        if operation == "clear" or not value:
            return self.env._("empty “%s”", label)
        if operation == "add":
            return self.env._("add “%(value)s” to “%(field)s”", field=label, value=value)
        if operation == "remove":
            return self.env._("remove “%(value)s” from “%(field)s”", field=label, value=value)
        return self.env._("set “%(field)s” to “%(value)s”", field=label, value=value)

    def _get_value_label(self):
        """Return the value to write as displayed, depending on the type of the field.

        While a user edits, the choice is not yet in ``value``; a step created by code has it only there.
        """
        shown = self.value_field_to_show
        if shown == "update_boolean_value":
            return self.env._("yes") if self.update_boolean_value == "true" else self.env._("no")
        if shown == "html_value":
            return self.env._("a text") if self.html_value else None
        chosen = self.resource_ref if shown == "resource_ref" else self.selection_value
        if shown in ("resource_ref", "selection_value") and chosen:
            return self._get_name(chosen)
        return self._get_written_label()

    def _get_written_label(self):
        field, value = self._get_updated_field(), self.value or ""
        if field is not None and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value)
        if field is not None and field.comodel_name and value.isdecimal():
            return self._get_name(self.env[field.comodel_name].browse(int(value)))
        return value

    def _get_update_problem(self):
        if not self.update_path:
            return self.env._("choose the field to change.")
        if self._lacks_value():
            return self.env._("choose the value to add or remove.")
        if self._is_value_gone():
            return self.env._("the value to write was deleted or archived: choose another one.")
        if not self._fits_value():
            return self.env._("“%s” is not a valid value of this field.", self.value)
        return None

    def _lacks_value(self):
        """Return whether a list would be changed by an empty value; other fields are cleared by it."""
        return self.update_type == "many2many" and self.update_m2m_operation != "clear" and not self.value

    def _is_value_gone(self):
        """Return whether the chosen record or value no longer exists, or is a user who left."""
        field = self._get_updated_field()
        if field is None or not self.value or self.action_id.evaluation_type != "value":
            return False
        if field.type == "selection":
            return self.value not in field.get_values(self.env)
        if field.comodel_name and self.value.isdecimal():
            value = self.env[field.comodel_name].browse(int(self.value)).exists()
            return not value or bool(value._active_name and not value[value._active_name])
        return False

    def _fits_value(self):
        """Return whether the entered text can be written; a date must look like 2026-12-31."""
        field = self._get_updated_field()
        if self.value_field_to_show == "resource_ref" and self.action_id.evaluation_type == "value":
            return not self.value or self.value.isdigit()
        if field is None or not self.value or self.value_field_to_show != "value":
            return True
        if self.action_id.evaluation_type != "value":
            return True
        try:
            field.convert_to_cache(self.value, self.env[field.model_name])
        except ValueError:
            return False
        return True


def _is_list_so(lines, operation, line_id, line_ids):
    """Return whether a command on a list would change nothing."""
    return {
        Command.LINK: line_id in lines._ids,
        Command.UNLINK: line_id not in lines._ids,
        Command.SET: set(line_ids or ()) == set(lines._ids),
        Command.CLEAR: not lines,
    }[operation]
