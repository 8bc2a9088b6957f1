from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ...engine.domain import fold, holds


class CrmTriggerRule(models.Model):
    """Which records meet a rule's conditions now, and which did before the change."""

    _inherit = "crm.trigger.rule"

    def _get_matching(self, watcher, res_ids, now):
        """Return which of the ids meet the conditions, as a set; without a query if the values read determine it."""
        if watcher.tree is None:
            return self._search_matching(res_ids)
        return {res_id for res_id in res_ids if holds(watcher.tree, now[res_id])}

    def _get_past(self, watcher, known, now):
        """Return which records met the conditions before, and which met the conditions on the earlier state.

        :param dict known: ``{id: {field: raw value before}}`` of the records that changed and match now
        :return: two sets of ids
        """
        if watcher.swept:
            before = set()
        elif watcher.tree is None:
            texts = (self.filter_domain, self.exclude_domain)
            before = self._search_matching_before(self._get_plain_conditions(), known, *texts)
        else:
            before = {res_id for res_id, old in known.items() if holds(watcher.tree, now[res_id] | old)}
        if not self.filter_pre_domain:
            return before, set(known)
        asked = self._within_reach(self._get_domain("filter_pre_domain"))
        return before, self._search_matching_before(asked, known, self.filter_pre_domain)

    def _search_matching_before(self, domain, old_values, *texts):
        """Return which records matched a domain with their old values, as a set.

        Conditions on changed fields are evaluated on the old value alone; the rest, if any, is the same now as
        before, and evaluated in the database: one query per distinct rest, however many old values.

        :param texts: the source of these conditions, as written
        """
        matching = set()
        for company, res_ids in self._split_by_company(old_values, *texts).items():
            model = self._get_model(company)
            matching |= self._search_before_in(model, domain, {res_id: old_values[res_id] for res_id in res_ids})
        return matching

    def _search_before_in(self, model, domain, old_values):
        groups = defaultdict(list)
        for res_id, values in old_values.items():
            groups[tuple(sorted(values.items()))].append(res_id)
        matching, unsettled = set(), defaultdict(list)
        for items, res_ids in groups.items():
            values = dict(items)
            rest = fold(domain, lambda condition, values=values: _held(model, condition, values))
            if isinstance(rest, list):
                unsettled[repr(rest)].append((rest, res_ids))
            elif rest:
                matching.update(res_ids)
        for found in unsettled.values():
            rest, ids = found[0][0], [res_id for _rest, res_ids in found for res_id in res_ids]
            matching.update(model.search(Domain("id", "in", ids) & Domain(rest))._ids)
        return matching


def _held(model, condition, old_values):
    """Return whether a condition held with the old values; None if it reads none of them.

    A new record with that one value is filtered by Odoo's own operators.
    """
    fname = condition[0].split(".")[0]
    if fname not in old_values:
        return None
    return bool(model.new({fname: old_values[fname]}).filtered_domain([condition]))
