from odoo import api, fields, models

from .wording import get_duration


class CrmTriggerStep(models.Model):
    """What a step does and when, as text: on its card and in the sentence of its rule."""

    _inherit = "crm.trigger.step"

    phrase = fields.Char(
        "What it does", compute="_compute_phrase", help="The step in words, as in the sentence of the rule."
    )
    timing = fields.Char("When", compute="_compute_timing", help="When the step is done.")
    icon = fields.Char("Symbol", compute="_compute_icon")

    @api.depends("kind")
    def _compute_icon(self):
        for step in self:
            step.icon = step._get_kind().icon

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
            return self.env._("Immediately")
        if self.delay_unit in ("minutes", "hours"):
            return self.env._("Immediately, within working hours")
        return self.env._("Immediately, on a working day")

    def _get_phrase_fields(self):
        """Return the fields used in phrases: the input fields of the step, and those of its kind."""
        own = {name for name, field in self._fields.items() if field.store and not field.readonly}
        return ("rule_id.model_id", *sorted(own | self._get_manager_fields() & self._fields.keys()))

    @api.depends(lambda self: self._get_phrase_fields())
    @api.depends_context("lang", "uid")
    def _compute_phrase(self):
        """Names of templates and values are read as superuser: users who can read a rule may see them."""
        for step in self:
            phrase = getattr(step.sudo(), f"_get_{step.kind}_phrase", None)
            step.phrase = phrase() if phrase else step.name

    def _get_who(self):
        """Return the recipient of the step, to be put after "for"."""
        if self.responsible == "user" and self.responsible_id:
            return self.responsible_id.name
        return {
            "leader": self.env._("the team leader"),
            "owner": self.env._("the owner of the rule"),
            "user": self.env._("someone"),
        }.get(self.responsible) or self.env._("the salesperson")

    @api.model
    def _get_name(self, record):
        """Return the name of a record if the user may read it, else its id."""
        found = record.exists().sudo(False)
        return found and (found._filtered_access("read").display_name or f"#{found.id}")
