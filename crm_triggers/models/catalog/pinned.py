from collections import Counter

from odoo import api, models
from odoo.fields import Domain

from ...engine.domain import pins
from ..isolation import isolated


class CrmTriggerRule(models.Model):
    """The records to which the conditions of a rule restrict a field: its stages, its campaigns."""

    _inherit = "crm.trigger.rule"

    def _compute_pinned(self, name, fname):
        """Compute the field ``name``: the records that the conditions require in ``fname``."""
        named = {rule: rule._get_pinned_ids(name, fname) for rule in self}
        there = self.env[self._fields[name].comodel_name].browse(set().union(*named.values())).exists()
        for rule in self:
            rule[name] = there.browse(sorted(named[rule].intersection(there.ids)))

    def _get_pinned_ids(self, name, fname):
        """Return the ids that the conditions require, as a set; some may be deleted."""
        field = self.env[self.model_name]._fields.get(fname) if self.model_name in self.env else None
        found = frozenset()
        if field is not None and field.comodel_name == self._fields[name].comodel_name:
            with isolated(self.env.cr.savepoint(flush=False), f"{self}: its {name}", lambda error: None):
                found = pins(self._get_domain("filter_domain")).get(fname, frozenset())
        return {one for one in found if isinstance(one, int)}

    @api.model
    def _search_pinned(self, name, fname, operator, value):
        """Return the domain of the rules for records; the rules with conditions on the field are checked one by
        one, as they are few.
        """
        if operator not in ("any", "in"):
            return NotImplemented
        comodel = self.env[self._fields[name].comodel_name]
        wanted = comodel.search(value if operator == "any" else [("id", "in", value)])
        rules = self.with_context(active_test=False).search([("filter_domain", "like", fname)])
        return Domain("id", "in", rules.filtered(lambda rule: rule[name] & wanted).ids)

    @api.model
    def _count_pinned(self, name, fname):
        """Return ``{id: number of rules}`` of the rules the user may read."""
        rules = self.search([("filter_domain", "like", fname)])
        return Counter(one for rule in rules for one in rule[name].ids)
