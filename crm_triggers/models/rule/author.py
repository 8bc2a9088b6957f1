from textwrap import shorten

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import ormcache

from ...engine import domain as domain_engine
from ...engine import expression
from ..isolation import isolated
from ..records.paths import check_readable
from .conditions import DOMAIN_FIELDS

PLAIN_OPERATORS = ("=", "!=", "in", "not in")


class CrmTriggerRule(models.Model):
    """The records a rule acts on: those its author may open, checked each time.

    Rules run as superuser. Without this check, a rule would act on records that record rules hide from its author:
    private conversations, others' tasks, vendor bills.
    """

    _inherit = "crm.trigger.rule"

    author_id = fields.Many2one(
        "res.users",
        "Acts with the rights of",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The user who last defined which records the rule applies to, or what is done to them. The rule only "
        "acts on records that this user has access to. A rule created by an administrator acts on all "
        "records of its company.",
    )
    reach_text = fields.Char(
        "Whose records", compute="_compute_reach_text", compute_sudo=True, help="Which records the rule applies to."
    )

    @api.depends("author_id", "company_id")
    @api.depends_context("lang")
    def _compute_reach_text(self):
        for rule in self:
            author = rule._get_author()
            if rule._is_unbound():
                rule.reach_text = self.env._(
                    "Created by an administrator: it acts on all records of this type, including those you "
                    "have no access to."
                )
            else:
                rule.reach_text = self.env._(
                    "It only acts on records that %s has access to.", author.name or self.env._("no one")
                )

    def _get_author(self):
        """Return the user whose rights apply; for a new rule, the current user."""
        return self.author_id if self._origin else self.author_id or self.env.user

    def _is_unbound(self):
        """Return whether this rule acts on all records: administrators are trusted to restrict it."""
        author = self._get_author().sudo()
        return author.id == SUPERUSER_ID or bool(author and author._is_system())

    def _as_author(self, records):
        """Return records with the rights of this rule's author, in its company if they work there."""
        author = self._get_author().sudo()
        context = {"allowed_company_ids": list(self._get_author_company_ids(author)), "active_test": False}
        return records.with_env(self.env(user=author.id, su=False, context=context))

    def _get_author_company_ids(self, author):
        company_ids = author._get_company_ids()
        return (self.company_id.id,) if self.company_id.id in company_ids else tuple(company_ids)

    def _get_reach_domain(self):
        """Return the domain of the records of this rule's model that its author may open.

        It compares columns of the record where possible, so that a save needs no query; otherwise it is a subquery.
        """
        reach = self._get_reach(self.model_name)
        return Domain.FALSE if reach is False else self._get_domain_of_reach(self.model_name, reach)

    def _get_reach_domain_of(self, field):
        """Return the domain of related records that conditions may read.

        Activities, messages and files follow their document, which is the record they are read from; messages
        starred by a user are not included.

        :param field: the relational field that leads to them
        """
        model = self.env[field.comodel_name]
        if not _follows_another(model) or self._is_unbound():
            return self._get_domain_of_reach(model._name, self._get_reach(model._name))
        elsewhere = model._name == "mail.message" and getattr(field, "inverse_name", None) != "res_id"
        return Domain.FALSE if elsewhere else Domain.TRUE

    def _get_domain_of_reach(self, model_name, reach):
        if reach is None:
            return Domain("id", "in", self._as_author(self.env[model_name])._search([]))
        return Domain(reach) if isinstance(reach, list) else Domain.TRUE

    def _get_reach(self, model_name, operation="read"):
        """Return what the author of this rule may read or write on a model, as of :meth:`_find_reach`."""
        author = self._get_author().sudo()
        if self._is_unbound():
            return True
        if not author:
            return False  # the creator is no longer a user
        company_id = self.company_id.id or 0
        return self._find_reach(author.id, model_name, company_id, self._get_author_company_ids(author), operation)

    def _get_author_problem(self):
        """Return that the author of this rule may not open its records, or not read what its conditions read, as
        text, or None. Their rights may have changed since they wrote it.
        """
        if self._is_unbound():
            return None
        author = self._get_author().sudo()
        if not author or self._get_reach(self.model_name) is False:
            return self.env._(
                "Rule “%(rule)s”: its author, %(author)s, has no access to records of this type. Ask someone "
                "with access to duplicate it, and use the copy.",
                rule=self.name,
                author=author.name or self.env._("a deleted user"),
            )
        errors = []
        with isolated(self.env.cr.savepoint(flush=False), f"{self}: what its author may read", errors.append):
            check_readable(self._as_author(self.env[self.model_name]), self._find_asked())
        # Conditions that may change with time raise a ValueError; those that cannot be used are reported
        # separately.
        if not errors or not isinstance(errors[0], (AccessError, ValueError)):
            return None
        return self.env._(
            "Rule “%(rule)s” uses something that its author, %(author)s, cannot read: change its conditions. "
            "(%(error)s)",
            rule=self.name,
            author=author.name,
            error=shorten(str(errors[0]), 300),
        )

    def _find_asked(self):
        """Yield everything this rule reads of its records (``engine.expression.Leaf``)."""
        for fname in DOMAIN_FIELDS:
            yield from expression.leaves(self[fname] or "[]")
        if date_field := self._get_date_field():
            yield expression.Leaf(date_field, by_name=False)

    @api.model
    @ormcache("author_id", "model_name", "company_id", "company_ids", "operation")
    def _find_reach(self, author_id, model_name, company_id, company_ids, operation):
        """Return what a user may do to the records of a model, for a rule of a company; plain data, cached per
        process like record rules.

        :return: True for all records, False for none, a domain as a list if columns of the record determine it,
        None if it needs a query
        """
        context = {"allowed_company_ids": list(company_ids), "active_test": False}
        model = self.env(user=author_id, su=False, context=context)[model_name]
        if not model.has_access(operation):
            return False
        if _follows_another(model):
            return None
        domain = model.env["ir.rule"]._compute_domain(model_name, operation).optimize_full(model.sudo())
        terms = list(domain)
        if not all(isinstance(term, (str, tuple)) for term in terms):
            return None
        if not all(_is_plain(model, *condition) for condition in domain_engine.conditions(terms)):
            return None
        return domain_engine.fold(terms, lambda condition: _is_implied(model, company_id, *condition))


def _follows_another(model):
    """Return whether a model has access checks of its own, besides record rules."""
    return type(model)._check_access is not models.BaseModel._check_access


def _is_plain(model, path, operator, value):
    """Return whether a condition reads a column of the record."""
    field = model._fields.get(path)
    values = value if isinstance(value, list) else [value]
    return bool(
        operator in PLAIN_OPERATORS
        and field is not None
        and field.store
        and field.column_type
        and not (field.translate or field.company_dependent)
        and all(isinstance(one, (bool, int, str)) for one in values)
    )


def _is_implied(model, company_id, path, operator, value):
    """Return True for a condition that each record of the rule's company meets; None if unknown."""
    if not company_id or path != "company_id" or operator != "in":
        return None
    there = {company_id} if model._fields[path].required else {company_id, False}
    return there <= set(value) or None
