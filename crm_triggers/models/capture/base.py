from functools import partial

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

CHANGES = "crm_triggers.changes"
AUTHOR = "crm_triggers_author"  # the id of the user who made the change
CREATED = None  # marks a record created in this transaction, instead of old values


class Base(models.AbstractModel):
    """Capture: every change of a stored column of any model passes here, in batches.

    It only stores old values; deciding waits until just before the commit
    (:meth:`crm.trigger.rule._decide_changes`). Without an active rule on the model it costs one cached look-up.
    """

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        if (watch := self._crm_trigger_watch()) and watch.linked:
            for vals in vals_list:
                self._crm_trigger_capture_linked(watch, vals)
        records = super().create(vals_list)
        watch = self._crm_trigger_watch()
        if records and watch and watch.captures_creation:
            self._crm_trigger_sign()
            changes = self._crm_trigger_changes()
            for record_id in records._ids:
                changes[record_id] = CREATED
        return records

    def write(self, vals):
        """Capture many2many values, which have no column and never reach ``_write_multi``; and the current user,
        which is not known during a flush.
        """
        if self and (watch := self._crm_trigger_watch()):
            self._crm_trigger_sign()
            for fname in watch.relations.intersection(vals):
                self._crm_trigger_capture_list(self._ids, fname)
            self._crm_trigger_capture_linked(watch, vals)
        return super().write(vals)

    def unlink(self):
        """Capture deletions: what rules planned for the records ends, and references to them become empty."""
        watch = self._crm_trigger_watch() if self else None
        if watch and watch.pointing:
            self._crm_trigger_capture_pointing(watch.pointing)
        result = super().unlink()
        if watch and watch.has_rules:
            changes = self._crm_trigger_changes()
            for record_id in self._ids:
                changes.setdefault(record_id, {})
        return result

    def _write_multi(self, vals_list):
        if self and (watch := self._crm_trigger_watch()):
            touched = watch.columns.intersection(set().union(*vals_list))
            if touched:
                self._crm_trigger_capture(sorted(touched))
        return super()._write_multi(vals_list)

    def _crm_trigger_watch(self):
        """Return what the active rules watch on this model, or None."""
        if not self.pool.ready or self._name.startswith("crm.trigger."):
            return None
        return self.env["crm.trigger.rule"]._get_watch().get(self._name)

    def _crm_trigger_sign(self):
        """Store the author of this transaction: the first user who writes."""
        if self.env.uid != SUPERUSER_ID:
            self.env.cr.precommit.data.setdefault(AUTHOR, self.env.uid)

    def _crm_trigger_changes(self):
        """Return ``{id: {field: old value} | CREATED}`` of this model for the transaction."""
        cr = self.env.cr
        if CHANGES not in cr.precommit.data:
            cr.precommit.data[CHANGES] = {}
            system = self.env(user=SUPERUSER_ID, su=True, context={})
            cr.precommit.add(partial(system["crm.trigger.rule"]._decide_changes, cr.precommit.data))
        return cr.precommit.data[CHANGES].setdefault(self._name, {})

    def _crm_trigger_capture(self, fnames):
        """Store the values the columns have in the database; the first ones of a transaction are kept."""
        changes = self._crm_trigger_changes()
        for row in self._crm_trigger_read_columns(self._ids, fnames):
            old = changes.setdefault(row["id"], {})
            if old is not CREATED:
                changes[row["id"]] = row | old

    @api.model
    def _crm_trigger_read_columns(self, ids, fnames, further=()):
        """Return ``[{"id": …, column: raw value}]``, bypassing the cache and computed fields.

        :param further: SQL of further expressions to read, with their names
        """
        self.env.cr.execute(
            SQL(
                "SELECT id, %s FROM %s WHERE id IN %s",
                SQL(", ").join([*map(SQL.identifier, fnames), *further]),
                SQL.identifier(self._table),
                tuple(ids),
            )
        )
        return self.env.cr.dictfetchall()
