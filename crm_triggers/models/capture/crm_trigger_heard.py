from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.decision import spans

# An inserting transaction may take long; after a day no lower id is expected any more.
SETTLED_DAYS = 1


class CrmTriggerHeard(models.Model):
    """The ids of the new records that rules decided on.

    Written in the transaction that created the records. A record whose id is missing was inserted by SQL, bypassing
    Odoo: the clock finds it. Kept for a day; the highest id older than that is where the search continues.
    """

    _name = "crm.trigger.heard"
    _description = "New Records Detected"
    _inherit = ["crm.trigger.insert.mixin"]

    model_name = fields.Char(required=True)
    first_id = fields.Integer(required=True)
    last_id = fields.Integer(required=True)

    _number = models.Index("(model_name, last_id)")

    @api.model
    def _note(self, model_name, res_ids):
        """Store the ids of new records as spans: an import of thousands is one row or a few."""
        self._insert_missing(
            [{"model_name": model_name, "first_id": first, "last_id": last} for first, last in spans(res_ids)]
        )

    @api.model
    def _search_uncaptured(self, model_name, above, limit):
        """Return the ids of records above an id that no rule decided on, in order.

        :param int above: an id; records up to it are ignored
        :param int limit: maximum number
        """
        return [
            res_id
            for (res_id,) in self.env.execute_query(
                SQL(
                    "SELECT t.id FROM %s t WHERE t.id > %s AND NOT EXISTS (SELECT FROM crm_trigger_heard h"
                    " WHERE h.model_name = %s AND h.last_id >= t.id AND h.first_id <= t.id) ORDER BY t.id LIMIT %s",
                    SQL.identifier(self.env[model_name]._table),
                    max(above, self._get_settled(model_name)),
                    model_name,
                    limit,
                )
            )
        ]

    @api.model
    def _get_settled(self, model_name):
        """Return the id up to which all records of a model were decided on."""
        last = self.search(self._get_settled_domain(model_name), order="last_id desc", limit=1)
        return last.last_id

    @api.model
    def _get_settled_domain(self, model_name):
        settled_at = fields.Datetime.now() - timedelta(days=SETTLED_DAYS)
        return [("model_name", "=", model_name), ("create_date", "<", settled_at)]

    @api.model
    def _delete_settled(self, model_name):
        """Delete the rows covered by the highest settled id."""
        self.search([*self._get_settled_domain(model_name), ("last_id", "<", self._get_settled(model_name))]).unlink()
