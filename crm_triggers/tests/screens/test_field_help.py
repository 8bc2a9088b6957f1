from odoo import models
from odoo.tests import TransactionCase, tagged

SCREENS = (
    "crm.trigger.enroll",
    "crm.trigger.execution",
    "crm.trigger.forget",
    "crm.trigger.rule",
    "crm.trigger.run",
    "crm.trigger.signal",
    "crm.trigger.signal.add",
    "crm.trigger.signal.type",
    "crm.trigger.step",
)
ADMIN_SCREENS = ("crm.trigger.preset", "crm.trigger.pause", "crm.trigger.help")  # Odoo makes their views, in debug mode
PLAIN = {"sequence"}  # shown as a handle
MADE_BY_ODOO = {*models.MAGIC_COLUMNS, "display_name"}


@tagged("post_install", "-at_install")
class TestFieldHelp(TransactionCase):
    """Every field on screen has a help text (issue 4)."""

    def _iter_shown(self, node, model):
        """Yield ``(model, field name)`` of the fields that a view shows, with its views in the view."""
        for child in node:
            inner = model
            if child.tag == "field":
                name = child.get("name")
                inner = self.env[model._fields[name].comodel_name] if len(child) else model
                if not self._is_hidden(child):
                    yield model, name
            yield from self._iter_shown(child, inner)

    def _is_hidden(self, node):
        """What a kanban view names outside of its cards is only loaded."""
        return "1" in (node.get("invisible"), node.get("column_invisible")) or node.getparent().tag == "kanban"

    def test_field_of_a_view_has_help(self):
        """Fails without the ``help`` of any of them."""
        views = self.env["ir.ui.view"].search([("model", "in", SCREENS), ("type", "!=", "search")])
        self.assertGreater(len(views), 10)
        for view in views:
            shown = set(self._iter_shown(view._get_combined_arch(), self.env[view.model]))
            lacking = {name for model, name in shown if name not in PLAIN and not model._fields[name].help}
            with self.subTest(view.name):
                self.assertFalse(lacking)

    def test_field_of_an_administrator_has_help(self):
        for model in map(self.env.__getitem__, ADMIN_SCREENS):
            lacking = {name for name, field in model._fields.items() if not field.help}
            with self.subTest(model._name):
                self.assertFalse(lacking - PLAIN - MADE_BY_ODOO)

    def test_setting_has_help(self):
        fields = self.env["res.config.settings"]._fields
        ours = [name for name in fields if name.startswith("crm_triggers")]

        self.assertTrue(ours)
        self.assertFalse([name for name in ours if not fields[name].help])
