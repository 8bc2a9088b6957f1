from odoo import api, fields, models, tools
from odoo.tools import SQL

# Needed for operation or for access control: if deleted, they are restored by the next update.
NEEDED = ("ir.cron", "ir.rule")


class CrmTriggerDeleted(models.Model):
    """Records of add-ons that users deleted: rules, steps, templates, presets.

    Odoo deletes the external id with the record, and creates a record it does not know at the next update. Written
    on deletion, read while add-ons are updated, deleted with the add-on.
    """

    _name = "crm.trigger.deleted"
    _description = "Deleted Data of Triggers"
    _log_access = False

    module = fields.Char(required=True, help="The add-on that brought it.")
    name = fields.Char(required=True, help="Its external identifier there.")
    model = fields.Char(required=True, help="The type of record it was, by its technical name.")

    _once = models.UniqueIndex("(module, name)", "This is known to be deleted already.")

    @api.model
    def _note(self, names):
        """Record deletions by users of records that are not required.

        Purely technical records, such as views or menus, are restored; so are required ones.

        :param names: ``ir.model.data`` of the records
        """
        rows = [
            (name.module, name.name, name.model)
            for name in names
            if self._may_stay_away(name.model) and (name.noupdate or name.model.startswith("crm.trigger."))
        ]
        own = self._get_addons() if rows else ()
        if values := [SQL("%s", row) for row in rows if row[0] in own]:
            query = SQL("INSERT INTO crm_trigger_deleted (module, name, model) VALUES %s", SQL(", ").join(values))
            self.env.cr.execute(SQL("%s ON CONFLICT DO NOTHING", query))

    @api.model
    def _find(self, xml_ids):
        """Return ``{external id: model name}`` of deleted records, deleted by users or by a database cascade, which
        Odoo does not see.
        """
        own = self._get_addons()
        pairs = [tuple(xml_id.split(".", 1)) for xml_id in xml_ids]
        pairs = [pair for pair in pairs if pair[0] in own]
        if not pairs:
            return {}
        query = SQL("SELECT module, name, model FROM crm_trigger_deleted WHERE (module, name) IN %s", tuple(pairs))
        found = {f"{module}.{name}": model for module, name, model in self.env.execute_query(query)}
        return found | self._find_dangling(pairs)

    @api.model
    def _find_dangling(self, pairs):
        query = "SELECT module, name, model, res_id FROM ir_model_data WHERE (module, name) IN %s AND noupdate"
        return {
            f"{module}.{name}": model
            for module, name, model, res_id in self.env.execute_query(SQL(query, tuple(pairs)))
            if self._may_stay_away(model) and model in self.env and not self.env[model].browse(res_id).exists()
        }

    @api.model
    def _may_stay_away(self, model_name):
        return model_name not in NEEDED

    @api.model
    @tools.ormcache()
    def _get_addons(self):
        """Return the technical names of our add-on and of those that depend on it; they change only with the
        registry.
        """
        modules = self.env["ir.module.module"].sudo()  # whoever deletes
        core = modules.search([("name", "=", "crm_triggers")])
        return frozenset((core | core.downstream_dependencies()).mapped("name"))

    @api.model
    def _forget(self, modules):
        """Delete the entries of add-ons: when installed again, they create all records."""
        self.env.cr.execute(SQL("DELETE FROM crm_trigger_deleted WHERE module IN %s", tuple(modules) or ("",)))
