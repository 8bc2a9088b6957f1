from odoo import SUPERUSER_ID, api, models
from odoo.fields import Command
from odoo.tools import SQL

from .base import CREATED

WHOLE = (Command.CLEAR, Command.SET)  # unmentioned records are unlinked
NAMING = (Command.UPDATE, Command.DELETE, Command.UNLINK, Command.LINK)


class Base(models.AbstractModel):
    """Capture of x2many fields that are changed on another record, or by deleting it."""

    _inherit = "base"

    def _crm_trigger_capture_linked(self, watch, vals):
        """Capture the lists of other records or fields that writing these values changes.

        :param watch: of this model
        :param dict vals: as of ``create`` and ``write``
        """
        for fname in watch.linked.keys() & vals.keys():
            for model_name, list_fname, is_own in watch.linked[fname]:
                ids = self._ids if is_own else self._crm_trigger_get_moved(fname, vals[fname])
                self.env[model_name]._crm_trigger_capture_list(ids, list_fname)

    def _crm_trigger_get_moved(self, fname, value):
        """Return the ids of the records that a value links to or unlinks from these, as a set."""
        if isinstance(value, models.BaseModel):
            value = [Command.set(value.ids)]
        elif not isinstance(value, (list, tuple)):
            value = [Command.clear()]
        commands = [one if isinstance(one, (list, tuple)) else Command.link(one) for one in value]
        moved = {command[1] for command in commands if command[0] in NAMING}
        whole = [command for command in commands if command[0] in WHOLE]
        if whole:
            now = set(self.sudo().with_context(active_test=False)[fname]._ids)
            then = {res_id for command in whole if command[0] == Command.SET for res_id in command[2]}
            moved |= now ^ then if len(self) <= 1 else now | then
        return moved

    @api.model
    def _crm_trigger_capture_list(self, ids, fname):
        """Store the content of a list of these records; the first one of a transaction is kept."""
        ids = [res_id for res_id in ids if isinstance(res_id, int)]
        if not ids:
            return
        changes = self._crm_trigger_changes()
        for record in self.env(user=SUPERUSER_ID, su=True, context={})[self._name].browse(ids):
            if changes.get(record.id, {}) is not CREATED:
                changes.setdefault(record.id, {}).setdefault(fname, record[fname]._ids)

    def _crm_trigger_capture_merged(self, survivor):
        """Capture the links to these records, and the lists of the record they are merged into: both are written by
        SQL.

        :param survivor: a record of the same model
        """
        if watch := self._crm_trigger_watch():
            self._crm_trigger_capture_pointing(watch.pointing)
            for fname in watch.relations:
                survivor._crm_trigger_capture_list(survivor._ids, fname)

    def _crm_trigger_capture_pointing(self, pointing):
        """Capture the links to these records, which PostgreSQL removes when they are deleted.

        :param pointing: ``(model name, field name)``, as of ``Watch``
        """
        for model_name, fname in pointing:
            model = self.env[model_name]
            field = model._fields[fname]
            model.flush_model([fname])
            is_list = field.type == "many2many"
            query = SQL(
                "SELECT DISTINCT %s FROM %s WHERE %s IN %s",
                SQL.identifier(field.column1 if is_list else "id"),
                SQL.identifier(field.relation if is_list else model._table),
                SQL.identifier(field.column2 if is_list else fname),
                self._ids,
            )
            ids = [res_id for (res_id,) in self.env.execute_query(query)]
            if ids and is_list:
                model._crm_trigger_capture_list(ids, fname)
            elif ids:
                model.browse(ids)._crm_trigger_capture([fname])
