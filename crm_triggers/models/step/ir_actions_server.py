from odoo import api, fields, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError


class IrActionsServer(models.Model):
    """What sales processes need beyond Odoo's own server actions; automation rules and menus may use it too."""

    _inherit = "ir.actions.server"

    usage = fields.Selection(selection_add=[("crm_trigger", "Trigger step")], ondelete={"crm_trigger": "cascade"})

    @api.ondelete(at_uninstall=False)
    def _crm_trigger_unlink_unless_owned_by_steps(self):
        """The server action of a step is deleted with the step, not alone."""
        steps = self.env["crm.trigger.step"].sudo().search([("action_id", "in", self.ids)])
        steps._forbid_deletion(", ".join(self.mapped("name")))

    def unlink(self):
        """Uninstalling an add-on deletes its server actions. Their steps are deleted first, so that their names
        stay in the log and their waiting runs continue.
        """
        if not (self and self.env.context.get(MODULE_UNINSTALL_FLAG)):
            return super().unlink()
        self.env["crm.trigger.step"].search([("action_id", "in", self.ids)]).unlink()
        return super(IrActionsServer, self.exists()).unlink()

    @api.autovacuum
    def _gc_crm_trigger_actions(self):
        """Delete server actions of steps deleted by the database, for instance with their company."""
        owned = self.env["crm.trigger.step"]._search([]).subselect("action_id")
        self.search([("usage", "=", "crm_trigger"), ("id", "not in", owned)]).unlink()

    def run(self):
        """The server action of a step is run by its rule only, on the records of its conditions.

        :raises AccessError: it is run in another way
        """
        if not self.env.su and not self.env.user._is_system() and "crm_trigger" in self.sudo().mapped("usage"):
            raise AccessError(self.env._("This is the step of a rule: only the rule can run it."))
        return super().run()

    def _get_children_domain(self):
        """A step belongs to its rule: it cannot be added to a multi action."""
        return super()._get_children_domain() & fields.Domain("usage", "!=", "crm_trigger")

    def _get_crm_trigger_step(self):
        """Return the step of this server action; empty for that of a menu or an automation rule."""
        return self.env["crm.trigger.step"].sudo().search([("action_id", "in", self.ids)], limit=1)

    def _crm_trigger_get_active_records(self):
        context = self.env.context
        return self.env[self.model_name].browse(context.get("active_ids") or context.get("active_id") or [])
