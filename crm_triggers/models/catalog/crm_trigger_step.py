from odoo import api, fields, models


class CrmTriggerStep(models.Model):
    """What a step saves."""

    _inherit = "crm.trigger.step"

    minutes = fields.Integer(
        "Minutes saved",
        compute="_compute_minutes",
        store=True,
        readonly=False,
        precompute=True,
        help="How long a person would need for it. Only used to estimate the time saved.",
    )

    @api.depends("kind")
    def _compute_minutes(self):
        """An initial estimate, which each step can change."""
        for step in self:
            step.minutes = step._get_kind().minutes

    def _load_records(self, data_list, update=False):
        """An existing rule belongs to its owner: an update adds no step to it, which would act unnoticed. A rule
        created by the same update gets all its steps.
        """
        if update:
            data_list = [data for data in data_list if not self._is_for_old_rule(data)]
        return super()._load_records(data_list, update)

    def _is_for_old_rule(self, data):
        rule = self.env["crm.trigger.rule"].browse(data["values"].get("rule_id"))
        known = data.get("xml_id") and self.env.ref(data["xml_id"], raise_if_not_found=False)
        return bool(rule and not known and rule.create_date != self.env.cr.now())

    def _get_losing(self, lost):
        """Return the add-on whose removal deletes this step, None if there is none.

        :param lost: ``Lost``
        """
        gone = [lost.records.get(record._name, {}).get(record.id) for record in (self, self.action_id)]
        gone.append(lost.models.get(self.action_id.model_id.model))
        for (model_name, fname, value), addon in lost.choices.items():
            owner = {self._name: self, self.action_id._name: self.action_id}.get(model_name)
            field = owner is not None and owner._fields.get(fname)
            if field and owner[fname] == value and (field.ondelete or {}).get(value) == "cascade":
                gone.append(addon)
        return next(filter(None, gone), None)
