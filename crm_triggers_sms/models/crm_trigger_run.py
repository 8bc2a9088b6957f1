from odoo import fields, models
from odoo.addons.crm_triggers.engine import states
from odoo.tools import SQL


class CrmTriggerRun(models.Model):
    """A stop cancels unsent text messages too."""

    _inherit = "crm.trigger.run"

    def _take_back_unsent(self, *, by_record):
        taken_back = super()._take_back_unsent(by_record=by_record)
        self.env["sms.sms"].flush_model(["state", "mail_message_id"])
        self.env.cr.execute(
            SQL(
                "SELECT m.id, e.id FROM crm_trigger_execution e"
                " JOIN crm_trigger_step s ON s.id = e.step_id AND s.kind = 'sms'"
                " JOIN sms_sms m ON e.result_model = 'mail.message' AND m.mail_message_id = e.result_id"
                " WHERE e.run_id IN %s AND e.state = %s AND m.state = 'outgoing' AND NOT (%s)"
                " FOR NO KEY UPDATE OF m SKIP LOCKED",
                self._ids,
                states.DONE,
                self._sql_is_own_doing() if by_record else SQL("false"),
            )
        )
        rows = self.env.cr.fetchall()
        if rows:
            self.env["sms.sms"].browse({sms_id for sms_id, _line in rows}).action_set_canceled()
            executions = self.env["crm.trigger.execution"].browse({line_id for _sms, line_id in rows})
            executions._mark({"state": states.CANCEL, "done_at": fields.Datetime.now()})
            taken_back |= executions
        return taken_back
