from contextlib import contextmanager

from odoo.tests import Form

from .common import START, CrmTriggersCommon


class PresetCase(CrmTriggersCommon):
    """Rules created from presets as a sales manager does, and real events.

    For each preset ``preset_x`` of the add-on there is a generator ``_make_x(self)`` that prepares the records,
    yields, causes the event, and yields its records.
    """

    def _rule_from_preset(self, preset, value=None):
        """Return the live rule the manager creates from a preset in the form, with one activity."""
        form = Form(self.env["crm.trigger.rule"].with_user(self.manager))
        form.preset_id = preset
        if value:
            form.preset_value = f"{value._name},{value.id}"
        with form.step_ids.new() as step:
            step.activity_type_id = self.todo
        rule = form.save()
        self.assertTrue(rule.sentence)
        rule.action_activate()
        self._new_transaction()
        return rule.sudo()

    def _check_presets(self, module, values=None):
        """Check each preset of an add-on: no run before the event, one run for each record with it.

        :param dict values: ``{name of the preset without "preset_": the record to choose}``
        """
        self.assertTrue(self._get_presets(module))
        for name, preset in self._get_presets(module).items():
            with self.subTest(name), self._taken_back():
                rule = self._rule_from_preset(preset, (values or {}).get(name))
                happening = getattr(self, f"_make_{name}")()
                next(happening)
                self._new_transaction()
                self.assertFalse(rule.run_ids, "fired too early")
                records = next(happening)
                self._new_transaction()
                self.assertEqual((rule.run_ids.mapped("res_model"), rule.run_ids.mapped("res_id")), _names(records))

    def _receive(self, record):
        """Have the customer answer a record by email; return the message."""
        return record.message_post(
            body="Yes, please", author_id=self.partner.id, message_type="email", subtype_xmlid="mail.mt_comment"
        )

    @contextmanager
    def _taken_back(self):
        """Undo the block, and start again at the same time."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.registry.clear_cache()
            self.clock.move_to(START)
            self._new_transaction()

    def _get_presets(self, module):
        data = self.env["ir.model.data"].search([("model", "=", "crm.trigger.preset"), ("module", "=", module)])
        presets = self.env["crm.trigger.preset"].browse(data.mapped("res_id"))
        names = {line.res_id: line.name.removeprefix("preset_") for line in data}
        return {names[preset.id]: preset.with_user(self.manager) for preset in presets}


def _names(records):
    return [records._name] * len(records), records.ids
