from odoo import fields, models
from odoo.addons.crm_triggers.engine import states
from odoo.addons.crm_triggers.models.queue.guards import Skip
from odoo.tools.mail import email_normalize

SKIP_UNSUBSCRIBED = "unsubscribed"


class CrmTriggerExecution(models.Model):
    _inherit = "crm.trigger.execution"

    skip_reason = fields.Selection(
        selection_add=[(SKIP_UNSUBSCRIBED, "The contact has unsubscribed from the mailing list")],
        ondelete={SKIP_UNSUBSCRIBED: "set null"},
    )

    def _look_again_before_sending(self):
        """Also check who has unsubscribed, or was archived, meanwhile."""
        verdicts = super()._look_again_before_sending()
        left = self.filtered(lambda line: line.result_model == "mailing.trace" and line not in verdicts)
        traces = self.env["mailing.trace"].browse(left.mapped("result_id")).exists()
        gone = {mailing: set(mailing._get_opt_out_list()) for mailing in traces.mass_mailing_id}
        unsubscribed = {one.id for one in traces if email_normalize(one.email) in gone[one.mass_mailing_id]}
        verdicts |= {line: Skip(SKIP_UNSUBSCRIBED) for line in left if line.result_id in unsubscribed}
        archived = left.filtered(lambda line: line.partner_id and not line.partner_id.active)
        return verdicts | dict.fromkeys(archived, Skip(states.SKIP_ARCHIVED))
