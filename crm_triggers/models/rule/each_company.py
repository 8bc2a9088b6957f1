from functools import partial

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..records.paths import COMPANY


class CrmTriggerRule(models.Model):
    """A rule for all companies reads each record in the record's company, if its conditions depend on the company."""

    _inherit = "crm.trigger.rule"

    def _get_company_path(self):
        """Return the path from a record of this rule to its company, None without one."""
        if "company_id" in self.env[self.model_name]:
            return "company_id"
        fname = self.env["crm.trigger.step"]._get_document_fields().get(self.model_name)
        document = fname and self.env[self.env[self.model_name]._fields[fname].comodel_name]
        return f"{fname}.company_id" if fname and "company_id" in document else None

    def _differs_by_company(self, *texts):
        """Return whether these conditions depend on the company, and the rule is for all companies."""
        return not self.company_id and self._ask_for(COMPANY, texts) and self._get_company_path() is not None

    def _split_by_company(self, res_ids, *texts):
        """Return ``{company in which these conditions are read | None for the default one: [ids]}``."""
        if not self._differs_by_company(*texts):
            return {None: list(res_ids)}
        path, usual = self._get_company_path(), self.sudo()._get_reading_company()
        records = self._get_model().browse(res_ids).exists()
        return {company: group.ids for company, group in records.grouped(lambda one: one.mapped(path) or usual).items()}

    def _search_among(self, res_ids, domain, *texts):
        """Return which of the ids meet a domain, as a set; one query per company.

        :param texts: the source of these conditions, as written
        """
        found = set()
        for company, ids in self._split_by_company(res_ids, *texts).items():
            among = Domain("id", "in", ids) & domain
            found.update(self._get_model(company).search(among, order="id")._ids)
        return found

    def _each_in_its_company(self, domain, *texts):
        """Return a domain that reads each record in its own company, where that matters.

        :param texts: the source of these conditions, as written
        """
        if not self._differs_by_company(*texts):
            return domain
        path, usual = self._get_company_path(), self.sudo()._get_reading_company()
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        own = {
            company: [company.id, *([False] if company == usual else [])]
            for [company] in companies._read_group([], ["id"])
        }
        return Domain.OR(
            Domain.custom(to_sql=partial(self._sql_holds_in, company, Domain(path, "in", ids) & domain))
            for company, ids in own.items()
        )

    def _sql_holds_in(self, company, domain, _model, alias, _query):
        """Return the condition that a record meets a domain when read in a company."""
        held = self._get_model(company)._search(domain)
        return SQL("%s IN (%s)", SQL.identifier(alias, "id"), held.select())
