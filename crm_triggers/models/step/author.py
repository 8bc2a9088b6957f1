from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError

from ...engine import expression


class CrmTriggerRule(models.Model):
    """Checks the steps and recipients of a rule again when its model changes, and what they ask when rights do."""

    _inherit = "crm.trigger.rule"

    @api.constrains("model_id")
    def _check_step_conditions(self):
        self.step_ids._check_filter_domain()
        self.step_ids._check_refused()

    def _find_asked(self):
        """Include the conditions of the steps, except those that only an administrator may write."""
        yield from super()._find_asked()
        for step in self.sudo().step_ids.filtered(lambda step: not step._is_for_administrators()):
            yield from expression.leaves(step.filter_domain or "[]")


class CrmTriggerStep(models.Model):
    """A step does what the author of its rule could do: records that the author may not change are skipped."""

    _inherit = "crm.trigger.step"

    def _sign(self, names):
        """Make the user who wrote these fields the author of the rules: they now decide what the rules do.

        An administrator who corrects a text does not lend the rule their rights; by changing a condition they do,
        as it is evaluated as the author.
        """
        if self.env.su or (self._may_make_any() and "filter_domain" not in names):
            return
        rules_sudo = self.rule_id.sudo()  # only the system sets the author
        rules_sudo.filtered(lambda rule: rule.author_id != self.env.user).author_id = self.env.user

    def _get_given(self, names):
        """Return the values of these fields in the form in which a user writes them."""
        step, given = self.sudo(), {}
        for name in names:
            given[name] = step[name].id if self._fields[name].type == "many2one" else step[name]
        return given

    def _get_author_problem(self):
        """Return why the author of the rule may no longer create such a step, or None. The author of what an
        administrator wrote last is that administrator.
        """
        rule, kind, step = self.rule_id, self._get_kind(), self.sudo()
        by_administrator = step.write_uid._is_system()
        if rule._is_unbound() or by_administrator or self._is_for_administrators():
            return None
        given = self._get_given({*self._get_standing_fields(), *kind.action, *kind.manager_fields})
        try:
            rule._as_author(self)._check_manager_may(rule.model_name, self.kind, given)
        except AccessError as error:
            author = rule._get_author().sudo().name
            return self.env._(
                "its author, %(author)s, no longer has the right to do so. (%(error)s)", author=author, error=error
            )
        return None

    def _get_beyond(self, records):
        """Return the ids of the records for which this step would change something its author may not change.

        :param records: of the rule's model, with sudo
        """
        places, by_model, beyond = defaultdict(set), defaultdict(list), set()
        for record in records if not self.rule_id._is_unbound() else ():
            for place in self._get_places(record):
                places[place._name, place.id].add(record.id)
        for model_name, place_id in places:
            by_model[model_name].append(place_id)
        for model_name, place_ids in by_model.items():
            for place_id in self._get_forbidden(self.env[model_name].browse(place_ids))._ids:
                beyond |= places[model_name, place_id]
        return beyond

    def _get_places(self, record):
        """Yield the records this step writes to: the record itself, its document or contact, the end of a path."""
        yield record
        yield self._get_targets(record)[record.id]
        way = (self.update_path or "").rpartition(".")[0] if self.kind == "update" else None
        if self._get_kind().needs == "opportunity":
            way = self.env["crm.trigger.run"]._get_opportunity_field(record._name)
        if way and way != "id":
            yield from record.mapped(way)

    def _get_forbidden(self, places):
        """Return those of the records, all of one model, that the author of the rule may not change.

        On models the author may not change at all, as invoices may be, read access is required.
        """
        seen = self.rule_id._as_author(places)
        posts = self._get_kind().placed and getattr(places, "_mail_post_access", "write") == "read"
        operation = "read" if posts or not seen.browse().has_access("write") else "write"
        if places._name == self.rule_id.model_name and self.rule_id._get_reach(places._name, operation) is True:
            return places.browse()
        return places - seen._filtered_access(operation).with_env(self.env)
