from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states

GC_BATCH = 1000


class CrmTriggerPause(models.Model):
    """A record on which rules are paused until a user resumes it.

    Planned steps and dates wait, and are not lost. Events on the record meanwhile are logged and start nothing.
    """

    _name = "crm.trigger.pause"
    _description = "Record Paused for Rules"

    res_model = fields.Char(
        "Record model", required=True, readonly=True, help="The type of record, by its technical name."
    )
    res_id = fields.Many2oneReference(
        "Record ID", model_field="res_model", required=True, readonly=True, help="The record that rules are paused for."
    )
    user_id = fields.Many2one("res.users", "Paused by", readonly=True, ondelete="set null", help="Who asked for it.")

    _once = models.UniqueIndex("(res_model, res_id)", "This record is already paused.")

    @api.model_create_multi
    def create(self, vals_list):
        """Write to the running runs of these records: a worker that is processing one gets a conflict, and checks
        again.
        """
        pauses = super().create(vals_list)
        for model_name, paused in pauses.grouped("res_model").items():
            domain = [("res_model", "=", model_name), ("res_id", "in", paused.mapped("res_id"))]
            running = self.env["crm.trigger.run"].search([*domain, ("state", "=", states.RUNNING)])
            running._mark({"write_date": self.env.cr.now()})
        return pauses

    @api.model
    def _search_of(self, records):
        """Return the pauses of these records."""
        return self.search([("res_model", "=", records._name), ("res_id", "in", records.ids)])

    @api.model
    def _search_paused(self, model_name, res_ids):
        """Return the ids of the paused records, as a set."""
        if not res_ids:
            return set()
        self.flush_model(["res_model", "res_id"])
        where = SQL("res_model = %s AND res_id IN %s", model_name, tuple(res_ids))
        query = SQL("SELECT res_id FROM %s WHERE %s", SQL.identifier(self._table), where)
        return {res_id for (res_id,) in self.env.execute_query(query)}

    @api.model
    def _sql_is_paused(self, model, res_id):
        """Return the condition that a record is paused, for a query on another table.

        :param model, res_id: SQL of the model name and of the record id
        """
        return SQL("EXISTS (SELECT FROM crm_trigger_pause p WHERE p.res_model = %s AND p.res_id = %s)", model, res_id)

    @api.model
    def _move_to(self, survivor, merged):
        """Pause the remaining record of a merge if one of the merged ones was paused."""
        pauses = self._search_of(merged | survivor)
        if pauses and survivor.id not in pauses.mapped("res_id"):
            self.create({"res_model": survivor._name, "res_id": survivor.id, "user_id": pauses[0].user_id.id})

    @api.autovacuum
    def _gc_gone(self):
        """Delete the pauses of deleted records."""
        for model_name, pauses in self.search([], limit=GC_BATCH, order="write_date").grouped("res_model").items():
            there = self.env[model_name].browse(pauses.mapped("res_id")).exists() if model_name in self.env else ()
            ids = set(there.ids) if there else set()
            pauses.filtered(lambda pause, ids=ids: pause.res_id not in ids).unlink()
