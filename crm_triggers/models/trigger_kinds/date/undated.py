from odoo import api, fields, models
from odoo.fields import Domain

from ...isolation import isolated

MANY = 10_000  # records without a date are not counted any further


class CrmTriggerRule(models.Model):
    """Telling who makes a date rule which records it will never reach, for want of a date.

    A contract has no end as soon as one of its lines has none.
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
        """Count those the user may read; conditions that cannot be used yet count none."""
        self.env.flush_all()  # or a rollback would undo what the search flushes
        for rule in self:
            count = 0
            # Without a flush of its own, a rollback leaves the cache, and so what a form holds.
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

        By their numbers: a list reads conditions in the language, company and zone of its reader.
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
