from contextlib import nullcontext

from odoo import api, models

from ...engine import domain as domain_engine
from ...engine import states
from ..isolation import isolated
from ..records.paths import get_path_fields
from .conditions import DOMAIN_FIELDS


class CrmTriggerRule(models.Model):
    """Which fields, records and values rules use, so that none is deleted while in use."""

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_choosing(self, fname, records):
        """Return the names of the rules, of all users, that use one of these records; as text."""
        rules = self.sudo().with_context(active_test=False).search([(fname, "in", records.ids)])
        return ", ".join(sorted(set(rules.mapped("name"))))

    @api.model
    def _search_using(self, uses):
        """Return the rules, except drafts, with a condition, date or step that uses a field.

        :param uses: function of (field, operator, value)
        """
        rules = self.sudo().search([("state", "!=", states.DRAFT)])
        return rules.filtered(lambda rule: any(uses(*use) for use in rule._get_uses()))

    def _get_uses(self):
        """Return ``[(field, operator, value)]``: all that this rule reads or writes."""
        uses = []
        conditions = [(self, fname) for fname in DOMAIN_FIELDS] + [(step, "filter_domain") for step in self.step_ids]
        for owner, fname in conditions:
            with isolated(nullcontext(), f"{owner}: {fname}"):
                for path, operator, value in domain_engine.conditions(self._evaluate(owner[fname])):
                    uses += [(field, operator, value) for field in get_path_fields(self.env, self.model_name, path)]
        paths = [(self.trg_date_id.name, None), *((step.update_path, step.value) for step in self.step_ids)]
        for path, value in paths:
            with isolated(nullcontext(), f"{self}: {path}"):
                fields = get_path_fields(self.env, self.model_name, path) if path else []
                uses += [(field, "=", value) for field in fields]
        return uses
