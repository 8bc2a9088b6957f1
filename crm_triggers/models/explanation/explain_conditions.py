from odoo import models
from odoo.fields import Domain
from odoo.tools import html2plaintext
from odoo.tools.misc import format_date, format_datetime, formatLang

from ...engine.domain import parse
from ..each_language import name_error, pick
from ..isolation import bounded, isolated
from ..records.paths import COMPANY, LANG, find_asked, get_path_label, may_read, walk

LONGEST_TEXT = 80  # of a value shown in an explanation


class CrmTriggerRule(models.Model):
    """Explains conditions one by one: the expected value, and the value of the record."""

    _inherit = "crm.trigger.rule"

    def _explain_conditions(self, fname, record):
        """Return a domain of this rule as rows, in order.

        :return: ``[{"kind": "leaf" | "any" | "all" | "not" | "error", "depth", "label", "ok", and of
            a leaf "field", "operator", "wanted", "seen"}]``; ``ok`` is None where the user may not
            see the value
        """
        rows, errors = [], []
        with isolated(self.env.cr.savepoint(flush=False), f"{self}: {fname}", errors.append), bounded(self.env.cr):
            tree = parse(list(self._get_domain(fname)))
            items = tree[1] if isinstance(tree, tuple) and tree[0] == "&" else [tree]
            rows = [row for item in items for row in self._explain_tree(item, record, 0)]
        if errors:
            label = pick(name_error(self.env, errors[0]), self.env.lang)
            return [{"kind": "error", "depth": 0, "label": label, "ok": False}]
        return rows

    def _explain_tree(self, tree, record, depth):
        """Return the rows of one condition and its children; the condition itself comes first."""
        if isinstance(tree, bool):
            label = self.env._("Any record") if tree else self.env._("No record at all")
            return [{"kind": "all", "depth": depth, "label": label, "ok": tree}]
        if tree[0] not in ("&", "|", "!"):
            return [self._explain_leaf(tree, record, depth)]
        children = [tree[1]] if tree[0] == "!" else tree[1]
        groups = [self._explain_tree(child, record, depth + 1) for child in children]
        verdicts = [group[0]["ok"] for group in groups]
        kind, label, ok = {
            "&": ("all", self.env._("All of these"), _all(verdicts)),
            "|": ("any", self.env._("At least one of these"), _any(verdicts)),
            "!": ("not", self.env._("Not this condition"), None if verdicts[0] is None else not verdicts[0]),
        }[tree[0]]
        return [{"kind": kind, "depth": depth, "label": label, "ok": ok}, *(row for group in groups for row in group)]

    def _explain_leaf(self, condition, record, depth):
        path, operator, value = condition
        if path.split(".")[0] not in record._fields:
            raise ValueError(self.env._("there is no field “%s” any more", path))
        field, holders = self._follow(self._get_as_read(record, condition), path)
        readable = field is not None and all(holder.has_access("read") for holder in holders)
        readable = readable and holders._has_field_access(field, "read")
        readable = readable and self._may_ask(record, holders, field, condition)
        return {
            "kind": "leaf",
            "depth": depth,
            "field": path,
            "label": get_path_label(self.env, record._name, path),
            "operator": self._get_operator_label(operator, value),
            "wanted": self._get_wanted_text(field, operator, value),
            "seen": self._get_seen_text(field, holders) if readable else self.env._("you have no access to this value"),
            "ok": self._meets(record, self._within_reach(Domain([condition]))) if readable else None,
        }

    def _may_ask(self, record, holders, field, condition):
        """Return whether the user may read everything a condition reads: the related records, their fields, and the
        values of the rule's company.
        """
        _path, operator, value = condition
        by_company = COMPANY in find_asked(self.env, record._name, Domain([condition]))
        if by_company and self._get_company_read(record) not in self.env.user.company_ids:
            return False
        if operator not in ("any", "not any") or not field.relational:
            return True
        asked = holders.sudo().mapped(field.name).sudo(False)
        return asked.has_access("read") and may_read(asked.browse(), Domain(value))

    def _get_as_read(self, record, condition):
        """Return the user's record as this condition reads it: names in the rule's language, company-dependent
        values of the rule's company if the user works there.
        """
        asked = find_asked(self.env, record._name, Domain([condition]))
        if LANG in asked:
            record = record.with_context(lang=self._get_reading_lang())
        company = self._get_company_read(record)
        return record.with_company(company) if COMPANY in asked and company in self.env.user.company_ids else record

    def _follow(self, record, path):
        """Return the last field of a path and the records that have it; (None, the record) if the user may not read
        a field on the way.
        """
        *way, (_fname, last) = walk(self.env, record._name, path)
        for fname, field in way:
            if field is None or not field.relational or not record._has_field_access(field, "read"):
                return None, record
            record = record[fname] if record.has_access("read") else record
        return last, record

    def _meets(self, record, domain):
        """Return whether a record meets a domain, as the engine evaluates it."""
        model = self._get_model(self._get_company_read(record))
        return bool(model.search_count(Domain("id", "=", record.id) & domain, limit=1))

    def _get_company_read(self, record):
        """Return the company whose company-dependent values the conditions of this rule read on a record."""
        path = None if self.company_id else self._get_company_path()
        return (path and record.sudo().mapped(path)) or self.sudo()._get_reading_company()

    def _get_operator_label(self, operator, value):
        """Return the label of an operator."""
        if value is False or value is None:
            return {"=": self.env._("is not set"), "!=": self.env._("is set")}.get(operator, operator)
        labels = {
            "=": self.env._("is"),
            "!=": self.env._("is not"),
            "in": self.env._("is one of"),
            "not in": self.env._("is not one of"),
            ">": self.env._("is more than"),
            ">=": self.env._("is at least"),
            "<": self.env._("is less than"),
            "<=": self.env._("is at most"),
            "ilike": self.env._("contains"),
            "like": self.env._("contains"),
            "not ilike": self.env._("does not contain"),
            "child_of": self.env._("is or is below"),
            "parent_of": self.env._("is or is above"),
        }
        return labels.get(operator, operator)

    def _get_wanted_text(self, field, operator, value):
        """Return the value that a condition compares with, as text."""
        if value is False or value is None:
            return ""
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        if operator in ("any", "not any") or field is None:
            return str(value)
        return ", ".join(self._get_wanted_item(field, item) for item in values)

    def _get_wanted_item(self, field, item):
        if field.relational and isinstance(item, int) and not isinstance(item, bool):
            named = self.env[field.comodel_name].browse(item).exists()._filtered_access("read")
            return named.display_name or f"#{item}"
        if isinstance(item, str) and field.type != "selection":
            return item
        return self._get_value_text(field, item)

    def _get_seen_text(self, field, holders):
        """Return the values of a field, as text: the name of a many2one as on the form, of x2many records only
        those the user may read.
        """
        if field.relational:
            found = holders.sudo().mapped(field.name)
            named = found if field.type == "many2one" else found.sudo(False)._filtered_access("read")
            return ", ".join(named.mapped("display_name")) or (self.env._("not set") if not found else "…")
        values = holders.mapped(field.name) if len(holders) != 1 else [holders[field.name]]
        return ", ".join(self._get_value_text(field, value) for value in values) or self.env._("not set")

    def _get_value_text(self, field, value):
        """Return one value as displayed."""
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type in ("integer", "float", "monetary"):
            return formatLang(self.env, value or 0, digits=0 if field.type == "integer" else 2)
        if not value:
            return self.env._("not set")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, str(value))
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            return format_datetime(self.env, value, tz=self.env.user.tz)
        text = html2plaintext(value) if field.type == "html" else str(value)
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _all(verdicts):
    """Combine verdicts, some of which are unknown."""
    return False if False in verdicts else None if None in verdicts else True


def _any(verdicts):
    return True if True in verdicts else None if None in verdicts else False
