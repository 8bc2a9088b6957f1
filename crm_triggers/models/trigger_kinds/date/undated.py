from odoo import api, fields, models
from odoo.fields import Domain

from ...isolation import isolated

MANY = 10_000  # maximum count of records without a date


class CrmTriggerRule(models.Model):
    """Shows the records that a date rule will never reach because they have no date.

    A contract has no end date as soon as one of its lines has none.
    """

    _inherit = "crm.trigger.rule"

    undated_count = fields.Integer(
        "Without a date",
        compute="_compute_undated_count",
        help="They match, but without this date they are never due.",
    )

    @api.depends(
        "trigger",
        "trg_date_id",
        "model_id",
        "company_id",
        "condition_lang",
        "filter_domain",
        "exclude_domain",
        "exclude_internal",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_undated_count(self):
        """Count those the user may read; conditions that cannot be evaluated yet count none."""
        self.env.flush_all()  # otherwise a rollback would undo what the search flushes
        for rule in self:
            count = 0
            # Without a flush, a rollback keeps the cache, and so the values of the form.
            with isolated(self.env.cr.savepoint(flush=False), f"{rule}: those without a date", lambda error: None):
                count = rule._count_undated()
            rule.undated_count = count

    def _count_undated(self):
        if not self._get_date_field() or self.trg_date_id.model_id != self.model_id:
            return 0
        model = self._get_readable_model()
        return model.search_count(self._get_undated_domain(), limit=MANY) if model.has_access("read") else 0

    def _get_undated_domain(self):
        return Domain(self.trg_date_id.name, "=", False) & self._get_conditions()

    def action_view_undated(self):
        """Show the records that meet the conditions and never fall due.

        By id: a list evaluates conditions in the language, company and time zone of its reader.
        """
        self.ensure_one()
        self.check_access("read")
        model = self._get_readable_model()
        found = model.search(self._get_undated_domain(), limit=MANY).ids if model.has_access("read") else []
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Without a date: %s", self.name),
            "res_model": self.model_name,
            "views": [(False, "list"), (False, "form")],
            "domain": [(self.trg_date_id.name, "=", False), ("id", "in", found)],
            "context": {"active_test": False, "create": False},
        }
