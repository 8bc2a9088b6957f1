from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class CrmTriggerBacklog(models.Model):
    """Records that still have to enter a rule: existing records that a user chose to include when activating it,
    and those that a save could not start without waiting for a lock (``key``).

    They enter in batches; each is removed from this list in the transaction that starts its run.
    """

    _name = "crm.trigger.backlog"
    _description = "Existing Records to Process"
    _inherit = ["crm.trigger.insert.mixin"]

    rule_id = fields.Many2one("crm.trigger.rule", required=True, ondelete="cascade")
    res_id = fields.Integer("Record ID", required=True)

    key = fields.Char("What happened", readonly=True, help="The key of the event, if it has to be caught up.")

    _once = models.UniqueIndex("(rule_id, res_id, coalesce(key, ''))", "This record is already on the list.")

    @api.model
    def _add(self, rule, res_ids):
        """Add records to the list, in the name of the user."""
        self._insert_missing([{"rule_id": rule.id, "res_id": res_id} for res_id in sorted(res_ids)])

    @api.model
    def _note(self, rule, keys):
        """Add to the list what a save could not start, in the name of the user.

        :param dict keys: ``{record id: [keys of occurrences]}``
        """
        self._insert_missing(
            [{"rule_id": rule.id, "res_id": res_id, "key": key} for res_id, found in keys.items() for key in found]
        )

    @api.model
    def _take(self, rule, limit):
        """Remove up to ``limit`` records from the list.

        :return: ``{(id of the user who chose them, key or None): [record ids]}``
        """
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM crm_trigger_backlog WHERE id IN (SELECT id FROM crm_trigger_backlog"
                " WHERE rule_id = %s ORDER BY id LIMIT %s) RETURNING create_uid, key, res_id",
                rule.id,
                limit,
            )
        )
        taken = defaultdict(list)
        for user_id, key, res_id in rows:
            taken[user_id, key].append(res_id)
        return taken

    @api.model
    def _forget(self, rules):
        """Remove all records of a rule from the list."""
        self.env.cr.execute(SQL("DELETE FROM crm_trigger_backlog WHERE rule_id IN %s", tuple(rules.ids) or (0,)))
