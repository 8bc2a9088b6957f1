from collections import defaultdict
from dataclasses import replace

from odoo import api, models

from ...engine.decision import Watch

NOTHING = Watch(frozenset(), frozenset(), (), has_rules=False)  # of a model without rules


class CrmTriggerRule(models.Model):
    """Lists and links of a record that are changed elsewhere: from the other side of a relation, through another
    field with the same relation, or by deleting or merging the linked record.
    """

    _inherit = "crm.trigger.rule"

    @api.model
    def _get_sources(self, field):
        """Return the other fields that write the links of a list, as ``[(model name, field name, whether it is on
        the same records)]``; None if they can also be written without such a field.

        :param field: a stored many2many field
        """
        if any(model._table == field.relation and model._auto for model in self.env.values()):
            return None
        here, there, found = (field.column1, field.column2), (field.column2, field.column1), []
        for (relation, *columns), names in self.pool.many2many_relations.items():
            if relation != field.relation:
                continue
            for model_name, fname in names:
                if not self.env[model_name]._auto or (model_name, fname) == (field.model_name, field.name):
                    continue
                expected = {here: field.model_name, there: field.comodel_name}.get(tuple(columns))
                if model_name != expected:
                    return None
                found.append((model_name, fname, tuple(columns) == here))
        return found

    @api.model
    def _add_linked(self, watches):
        """Return watches extended by what is changed elsewhere.

        :param dict watches: ``{model name: Watch}``
        """
        linked, pointing = defaultdict(lambda: defaultdict(set)), defaultdict(set)
        for model_name, watch in watches.items():
            model_fields = self.env[model_name]._fields
            for fname in watch.relations:
                pointing[model_fields[fname].comodel_name].add((model_name, fname))
                for source, source_fname, is_own in self._get_sources(model_fields[fname]) or ():
                    linked[source][source_fname].add((model_name, fname, is_own))
            for field in map(model_fields.get, watch.columns):
                if field.type == "many2one":
                    pointing[field.comodel_name].add((model_name, field.name))
        for name in {*linked, *pointing} & set(self.env):
            lists = {fname: frozenset(found) for fname, found in linked[name].items()}
            watches[name] = replace(watches.get(name, NOTHING), linked=lists, pointing=frozenset(pointing[name]))
        return watches
