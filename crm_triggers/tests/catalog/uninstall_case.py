from odoo.tools import SQL

from ..common import CrmTriggersCommon

ADDON = "site_visits"


class UninstallCase(CrmTriggersCommon):
    """An add-on "Site Visits" that exists in name only: records are assigned to it, and it is uninstalled."""

    def setUp(self):
        super().setUp()
        self.module = self.env["ir.module.module"].create(
            {"name": ADDON, "shortdesc": "Site Visits", "state": "installed"}
        )
        self.addCleanup(self.env.registry.reset_changes)

    def _give(self, records, **names):
        """Assign these records to the add-on alone."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM ir_model_data WHERE model = %s AND res_id IN %s", records._name, records._ids)
        )
        self.env["ir.model.data"].create(
            [
                {"module": ADDON, "name": f"{record._table}_{record.id}", "model": record._name, "res_id": record.id}
                for record in records
            ]
        )

    def _give_choice(self, model_name, fname, value):
        field = self.env["ir.model.fields"]._get(model_name, fname)
        self._give(field.selection_ids.filtered(lambda choice: choice.value == value))

    def _create_model(self):
        model = self.env["ir.model"].create(
            {"name": "House", "model": "x_house", "is_mail_thread": True, "is_mail_activity": True}
        )
        self._give(model)
        self._give(model.field_id)
        return model

    def _create_field(self, name="x_size"):
        model_id = self.env["ir.model"]._get_id("crm.lead")
        field = self.env["ir.model.fields"].create(
            {"name": name, "field_description": "Size", "ttype": "integer", "model_id": model_id}
        )
        self._give(field)
        return field

    def _get_losses(self):
        """Return the losses shown in the form before uninstalling."""
        wizard = self.env["base.module.uninstall"].create({"module_ids": self.module.ids})
        return str(wizard.crm_trigger_losses or "")

    def _uninstall(self):
        """Uninstall the add-on, as Odoo does, and reload the registry."""
        self._new_transaction()
        self.module.module_uninstall()
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry._setup_models__(self.env.cr)
        self.env.registry.clear_cache()

    def _assert_paused(self, rule, *words):
        """Check that the rule is paused and its owner notified once, with this text, which names the add-on."""
        self.assertEqual((rule.state, len(rule.activity_ids)), ("paused", 1))
        for word in (rule.name, "Site Visits", ADDON, *words):
            self.assertIn(word, rule.activity_ids.note)
