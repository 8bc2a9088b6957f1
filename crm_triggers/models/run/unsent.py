from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states
from ..acting import acting_on

BY_RECORD = (states.STOP_UNMATCHED, states.STOP_DOMAIN, states.STOP_MOVED)  # stopped by the record's state


class CrmTriggerRun(models.Model):
    """A stop cancels messages that were written and not sent yet."""

    _inherit = "crm.trigger.run"

    def _take_back(self, reason):
        """Cancel the unsent messages of these runs, which stop: except after an error, as what was written before
        is still valid, and except those their own rule is causing now.

        :param str reason: why they stop
        """
        acting = acting_on(self.env.cr)
        others = self.filtered(lambda run: run.rule_id.id != acting.rule_id) if acting else self
        if others and reason != states.STOP_ERROR:
            others._take_back_unsent(by_record=reason in BY_RECORD)

    def _take_back_unsent(self, *, by_record):
        """Cancel the unsent messages of these runs to contacts, one query if there is none.

        By SQL, in the user's transaction, skipping messages that are being sent.

        :param bool by_record: the record's state stopped them; runs whose own steps caused it continue
        :return: the executions that wrote them
        """
        kinds = self.env["crm.trigger.step"]._get_kinds_where("reaches", "contact")
        self.env["mail.mail"].flush_model(["state", "failure_type", "mail_message_id"])
        self.env["crm.trigger.execution"].flush_model(["state", "result_model", "result_id"])
        self.env.cr.execute(
            SQL(
                "SELECT m.id, e.id FROM crm_trigger_execution e"
                " JOIN crm_trigger_step s ON s.id = e.step_id AND s.kind IN %s"
                " JOIN mail_mail m ON e.result_model = 'mail.message' AND m.mail_message_id = e.result_id"
                " WHERE e.run_id IN %s AND e.state = %s AND NOT (%s)"
                " AND (m.state = 'outgoing' OR (m.state = 'exception' AND m.failure_type IS NULL))"
                " FOR NO KEY UPDATE OF m SKIP LOCKED",
                kinds,
                self._ids,
                states.DONE,
                self._sql_is_own_doing() if by_record else SQL("false"),
            )
        )
        rows = self.env.cr.fetchall()
        if not rows:
            return self.env["crm.trigger.execution"]
        return self._cancel_unsent({mail_id for mail_id, _line in rows}, {line_id for _mail, line_id in rows})

    @api.model
    def _sql_is_own_doing(self):
        """Return the condition that a run changed the record by an execution (``e``) or after it."""
        return SQL(
            "EXISTS (SELECT FROM crm_trigger_execution o JOIN crm_trigger_step c ON c.id = o.step_id"
            " WHERE o.run_id = e.run_id AND o.id >= e.id AND (o.state = %s OR o.done_part IS NOT NULL)"
            " AND c.kind IN %s)",
            states.DONE,
            (*self.env["crm.trigger.step"]._get_changing_kinds(), ""),
        )

    def _cancel_unsent(self, mail_ids, execution_ids):
        mails = self.env["mail.mail"].browse(sorted(mail_ids))
        self.env.cr.execute("UPDATE mail_mail SET state = 'cancel' WHERE id IN %s", [mails._ids])
        mails.invalidate_recordset(["state"], flush=False)
        executions = self.env["crm.trigger.execution"].browse(sorted(execution_ids))
        executions._mark({"state": states.CANCEL, "done_at": fields.Datetime.now()})
        return executions
