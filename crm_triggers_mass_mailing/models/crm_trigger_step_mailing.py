from odoo import api, fields, models
from odoo.addons.crm_triggers.models.step.kinds import StepKind, declare

declare(
    "mailing",
    StepKind(
        action={"state": "crm_mailing"},
        icon="fa-envelope-open-o",
        heading="customer",
        manager_fields=("mailing_id", "mailing_reach", "mailing_then"),
        defaults={"mailing_reach": None, "mailing_then": None},
        reaches="contact",
    ),
)


class CrmTriggerStep(models.Model):
    """The step that sends a mailing (K57)."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(selection_add=[("mailing", "Send a mailing"), ("other",)], ondelete={"mailing": "cascade"})
    mailing_id = fields.Many2one(related="action_id.mailing_id", readonly=False)
    mailing_reach = fields.Selection(related="action_id.mailing_reach", readonly=False)
    mailing_then = fields.Selection(related="action_id.mailing_then", readonly=False)

    def _get_mailing_phrase(self):
        name = self.mailing_id.sudo().subject or "…"
        if self.mailing_reach != "list":
            return self.env._("send the mailing “%s” to the contact", name)
        lists = ", ".join(self.mailing_id.sudo().contact_list_ids.mapped("name")) or "…"
        if self.mailing_then == "queue":
            return self.env._("send the mailing “%(name)s” to “%(lists)s”", name=name, lists=lists)
        return self.env._("create a draft of the mailing “%(name)s” to “%(lists)s”", name=name, lists=lists)

    @api.model
    def _check_manager_may(self, model_name, kind, action_vals):
        """Users who may not send mailings cannot create a rule that does.

        :raises AccessError: the manager has no access to Email Marketing
        """
        result = super()._check_manager_may(model_name, kind, action_vals)
        if kind == "mailing":
            self.env["mailing.mailing"].browse(action_vals.get("mailing_id") or []).check_access("write")
        return result

    def _get_mailing_misfit(self):
        return self.action_id._crm_trigger_get_mailing_misfit()

    def _act_mailing(self, executions):
        """Send it for all records in one batch, once for a record whose runs meet."""
        return self._act_on_documents(executions, self.action_id._crm_trigger_mail)
