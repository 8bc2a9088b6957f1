from odoo import api, fields, models

from .wording import get_duration

ICONS = {
    "activity": "fa-clock-o",
    "mail": "fa-envelope",
    "note": "fa-sticky-note-o",
    "message": "fa-comments",
    "update": "fa-pencil",
    "opportunity": "fa-star",
    "enroll": "fa-road",
    "other": "fa-cogs",
}


class CrmTriggerPhraseMixin(models.AbstractModel):
    """What a step does and when, in words: on its card and in the sentence of its rule."""

    _name = "crm.trigger.phrase.mixin"
    _description = "Words of Trigger Steps"

    phrase = fields.Char(
        "What it does", compute="_compute_phrase", help="The step in words, as it stands in the sentence of the rule."
    )
    timing = fields.Char("When", compute="_compute_timing", help="When the step is done.")
    icon = fields.Char("Symbol", compute="_compute_icon")

    @api.depends("kind")
    def _compute_icon(self):
        """Override to give another kind its icon, or add it to ``ICONS``."""
        for step in self:
            step.icon = ICONS.get(step.kind, "fa-bolt")

    @api.depends("delay_count", "delay_unit", "delay_from", "working_time")
    @api.depends_context("lang")
    def _compute_timing(self):
        for step in self:
            if not step.delay_count:
                step.timing = step._get_now_label()
                continue
            duration = get_duration(self.env, step.delay_count, step.delay_unit, working=step.working_time)
            if step.delay_from == "date" and step.delay_count < 0:
                step.timing = self.env._("%s before the date of the rule", duration)
            elif step.delay_from == "date":
                step.timing = self.env._("%s after the date of the rule", duration)
            elif step.delay_from == "start":
                step.timing = self.env._("%s after the start", duration)
            else:
                step.timing = self.env._("%s after the previous step", duration)

    def _get_now_label(self):
        if self.delay_from == "date":
            return self.env._("On the date of the rule")
        if not self.working_time:
            return self.env._("At once")
        if self.delay_unit in ("minutes", "hours"):
            return self.env._("At once, within working hours")
        return self.env._("At once, on a working day")

    @api.depends(
        "kind",
        "name",
        "activity_type_id",
        "activity_summary",
        "activity_date_deadline_range",
        "activity_date_deadline_range_type",
        "deadline_from",
        "working_time",
        "responsible",
        "responsible_id",
        "template_id",
        "scenario_id",
        "update_path",
        "update_m2m_operation",
        "update_boolean_value",
        "value",
        "selection_value",
        "resource_ref",
        "rule_id.model_id",
    )
    @api.depends_context("lang")
    def _compute_phrase(self):
        """Names of templates and values are read as the system: who reads a rule may read what it says."""
        for step in self:
            phrase = getattr(step.sudo(), f"_get_{step.kind}_phrase", None)
            step.phrase = phrase() if phrase else step.name

    def _get_activity_phrase(self):
        what = self.activity_summary or self.activity_type_id.name or self.env._("to do")
        due = self._get_due_phrase()
        if self.responsible == "salesperson":
            return self.env._("activity “%(what)s” %(due)s", what=what, due=due)
        return self.env._("activity “%(what)s” for %(who)s %(due)s", what=what, who=self._get_who(), due=due)

    def _get_due_phrase(self):
        count, unit = self.activity_date_deadline_range, self.activity_date_deadline_range_type or "days"
        duration = get_duration(self.env, count, unit, working=self.working_time)
        if self.deadline_from != "date":
            return self.env._("due in %s", duration) if count else self.env._("due the same day")
        if not count:
            return self.env._("due on the date of the rule")
        if count < 0:
            return self.env._("due %s before the date of the rule", duration)
        return self.env._("due %s after the date of the rule", duration)

    def _get_who(self):
        """Return who the step is for, as follows "for"."""
        if self.responsible == "user" and self.responsible_id:
            return self.responsible_id.name
        return {
            "leader": self.env._("the team leader"),
            "owner": self.env._("the owner of the rule"),
            "user": self.env._("somebody"),
        }.get(self.responsible) or self.env._("the salesperson")

    def _get_mail_phrase(self):
        if not self.template_id:
            return self.env._("mail to the customer")
        if self.template_id.use_default_to or "partner" in (self.template_id.partner_to or ""):
            return self.env._("mail “%s” to the customer", self.template_id.name)
        return self.env._("mail “%s”", self.template_id.name)

    def _get_note_phrase(self):
        return self.env._("note to %s", self._get_who())

    def _get_message_phrase(self):
        return self.env._("message to the followers")

    def _get_opportunity_phrase(self):
        return self.env._("create the opportunity")

    def _get_enroll_phrase(self):
        if not self.scenario_id:
            return self.env._("put into a scenario")
        return self.env._("put into the scenario “%s”", self.scenario_id.name)

    def _get_update_phrase(self):
        if not self.update_path:
            return self.env._("change a field")
        label = self._get_path_label(self.rule_model_name, self.update_path)
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
        """Return the value to write as the screen shows it, which depends on the type of the field.

        While a person edits, the choice is not yet in ``value``; when code made the step, only there.
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

    @api.model
    def _get_name(self, record):
        """Return the name of a record as far as the user may read it: which one it is, anybody can say."""
        found = record.exists().sudo(False)
        return found and (found._filtered_access("read").display_name or f"#{found.id}")

    def _get_written_label(self):
        field, value = self._get_updated_field(), self.value or ""
        if field is not None and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value)
        if field is not None and field.comodel_name and value.isdecimal():
            return self._get_name(self.env[field.comodel_name].browse(int(value)))
        return value
