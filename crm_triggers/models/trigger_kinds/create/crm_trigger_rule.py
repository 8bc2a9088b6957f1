from odoo import api, fields, models
from odoo.tools import SQL

from ....engine import domain as domain_engine
from ....engine.triggers import TriggerTraits, declare
from ...isolation import isolated
from ...records.paths import get_path_label

CREATE = "create"
NEWEST = 10_000  # compared individually: a record may get its id before others and be committed after them
declare(CREATE, TriggerTraits(born=True, by_change=False), by=__name__)


class CrmTriggerRule(models.Model):
    """Rules started by a new record."""

    _inherit = "crm.trigger.rule"

    later_fields = fields.Char(
        "Filled in later",
        compute="_compute_later_fields",
        help="Conditions that may be filled in after the record was created, when the rule no longer checks them.",
    )

    @api.depends("trigger", "model_id", "filter_domain", "preset_id", "preset_value")
    @api.depends_context("lang")
    def _compute_later_fields(self):
        """List the conditions that a record created by its name only meets later, if at all.

        Those of the preset are intended; those that are met from the start are no problem.
        """
        for rule in self:
            paths = []
            if rule.trigger == CREATE and rule.model_name in self.env:
                with isolated(self.env.cr.savepoint(flush=False), f"{rule}: its conditions"):
                    paths = [path for path in rule._get_own_paths() if rule._is_filled_later(path)]
            labels = (get_path_label(self.env, rule.model_name, path) for path in dict.fromkeys(paths))
            rule.later_fields = ", ".join(labels)

    def _get_own_paths(self):
        """Return the fields of the conditions that a user added."""
        terms = self._get_own_terms()
        own = list(self._get_domain("filter_domain")) if terms is None else domain_engine.join(terms)
        return [path for path, _operator, _value in domain_engine.conditions(own)]

    def _is_filled_later(self, path):
        """Return whether a user may leave a field empty at first."""
        field = self.env[self.model_name]._fields.get(path.split(".")[0])
        return field is not None and not field.required and not field.readonly and field.type != "boolean"

    def _sql_known(self):
        """The newest records; a 0 among them means that these are all."""
        if self.trigger != CREATE:
            return super()._sql_known()
        newest = SQL("SELECT id FROM %s ORDER BY id DESC LIMIT %s", SQL.identifier(self._get_model()._table), NEWEST)
        query = "(%s) UNION ALL SELECT 0 WHERE (SELECT count(*) FROM (%s) newest) < %s"
        return SQL(query, newest, newest, NEWEST)

    def _get_when_phrase(self):
        if self.trigger != CREATE:
            return super()._get_when_phrase()
        return self._get_preset_when_phrase() or self.env._("When a record is created (%s)", self._get_kind())

    def _explain_trigger_guards(self, record):
        guards = super()._explain_trigger_guards(record)
        if self.trigger != CREATE:
            return guards
        label = self.env._("The record was created after the rule was activated")
        obstacle = self.env._("the record existed before the rule was activated")
        return [*guards, ("new", label, record.id > self.sudo().above_id, self._tell(self.activated_at), obstacle)]

    def _get_waiting_text(self):
        if self.trigger != CREATE:
            return super()._get_waiting_text()
        return self.env._("It runs when a record is created, not for existing records.")
