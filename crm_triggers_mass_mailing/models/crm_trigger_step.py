from odoo import api, fields, models
from odoo.addons.crm_triggers.models.step.kinds import StepKind, declare

declare(
    "mailing_list",
    StepKind(
        action={"state": "crm_mailing_list"},
        icon="fa-list-ul",
        heading="customer",
        needs="contact",
        manager_fields=("mailing_list_id", "mailing_list_move"),
        defaults={"mailing_list_move": None},
    ),
)


class CrmTriggerStep(models.Model):
    """The step that adds a contact to a mailing list, or removes it."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("mailing_list", "Mailing list"), ("other",)], ondelete={"mailing_list": "cascade"}
    )
    mailing_list_id = fields.Many2one(related="action_id.mailing_list_id", readonly=False)
    mailing_list_move = fields.Selection(related="action_id.mailing_list_move", readonly=False)

    def _get_mailing_list_phrase(self):
        chosen = self.mailing_list_id.sudo(False)
        name = chosen and (chosen._filtered_access("read").name or f"#{chosen.id}")
        if self.mailing_list_move == "remove":
            return (
                self.env._("remove from the mailing list “%s”", name)
                if name
                else self.env._("remove from a mailing list")
            )
        return self.env._("add to the mailing list “%s”", name) if name else self.env._("add to a mailing list")

    @api.model
    def _check_manager_may(self, model_name, kind, action_vals):
        """Users who may not change mailing lists cannot create a rule that does.

        :raises AccessError: the manager has no access to Email Marketing
        """
        result = super()._check_manager_may(model_name, kind, action_vals)
        if kind == "mailing_list":
            self.env["mailing.list"].browse(action_vals.get("mailing_list_id") or []).check_access("write")
        return result

    def _act_mailing_list(self, executions):
        """Change the list for all records in one batch, once for a record whose runs meet."""
        return self._act_on_documents(executions, self.action_id._crm_trigger_change_list)
