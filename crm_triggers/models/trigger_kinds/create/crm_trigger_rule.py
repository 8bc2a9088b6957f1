from odoo import models
from odoo.tools import SQL

from ....engine.triggers import TriggerTraits, declare

CREATE = "create"
NEWEST = 10_000  # records that are told from one that was given its number before them and saved after
declare(CREATE, TriggerTraits(born=True, by_change=False), by=__name__)


class CrmTriggerRule(models.Model):
    """Rules that a new record starts."""

    _inherit = "crm.trigger.rule"

    def _sql_known(self):
        """The newest records; 0 among them says that these are all."""
        if self.trigger != CREATE:
            return super()._sql_known()
        newest = SQL("SELECT id FROM %s ORDER BY id DESC LIMIT %s", SQL.identifier(self._get_model()._table), NEWEST)
        query = "(%s) UNION ALL SELECT 0 WHERE (SELECT count(*) FROM (%s) newest) < %s"
        return SQL(query, newest, newest, NEWEST)

    def _get_when_phrase(self):
        if self.trigger != CREATE:
            return super()._get_when_phrase()
        return self._get_preset_when_phrase() or self.env._("When a record is created (%s)", self._get_kind())

    def _explain_trigger_guards(self, record):
        guards = super()._explain_trigger_guards(record)
        if self.trigger != CREATE:
            return guards
        label = self.env._("The record was created after the rule was switched on")
        obstacle = self.env._("the record was there before the rule was switched on")
        return [*guards, ("new", label, record.id > self.sudo().above_id, self._tell(self.activated_at), obstacle)]

    def _get_waiting_text(self):
        if self.trigger != CREATE:
            return super()._get_waiting_text()
        return self.env._("It fires when a record is created, not for one that was there already.")
