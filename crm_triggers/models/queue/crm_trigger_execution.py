from odoo import api, fields, models
from odoo.fields import Domain

from ...engine import states


class CrmTriggerExecution(models.Model):
    """One step of one run: planned, then done, skipped, in error or cancelled.

    This table is both the queue and the log. The system creates a row when the previous step ends; only the worker
    and the buttons below change it.
    """

    _name = "crm.trigger.execution"
    _description = "Trigger Execution"
    _inherit = ["crm.trigger.log.mixin"]
    _order = "scheduled_at desc, id desc"
    _rec_name = "step_name"

    run_id = fields.Many2one("crm.trigger.run", required=True, readonly=True, ondelete="cascade")
    rule_id = fields.Many2one(
        "crm.trigger.rule",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The rule that the step belongs to.",
    )
    step_id = fields.Many2one("crm.trigger.step", readonly=True, ondelete="set null")
    step_name = fields.Char(
        "What", compute="_compute_step_name", search="_search_step_name", help="What was done or remains to be done."
    )
    past_name = fields.Char("Deleted step", readonly=True, translate=True, help="The name of the step, now deleted.")
    partner_id = fields.Many2one(
        "res.partner", "Contact", readonly=True, ondelete="set null", help="The customer of the record."
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade", help="The company of the record.")
    state = fields.Selection(
        [
            (states.SCHEDULED, "Planned"),
            (states.DONE, "Done"),
            (states.SKIPPED, "Skipped"),
            (states.ERROR, "Error"),
            (states.CANCEL, "Cancelled"),
        ],
        required=True,
        readonly=True,
        default=states.SCHEDULED,
        help="Planned: not due yet. Skipped: nothing was done, see the reason. Error: it failed and is no longer "
        "retried.",
    )
    skip_reason = fields.Selection(
        string="Reason",
        selection=[
            (states.SKIP_CONDITION, "The condition of the step is not met"),
            (states.SKIP_TEST, "The rule is in test mode"),
            (states.SKIP_NO_RECIPIENT, "There is no recipient"),
            (states.SKIP_ARCHIVED, "The recipient is archived"),
            (states.SKIP_BLACKLIST, "The recipient is on the email blacklist"),
            (states.SKIP_NO_RESPONSIBLE, "There is no one to assign it to"),
            (states.SKIP_NO_ACCESS, "No eligible recipient has access to the record"),
            (states.SKIP_NO_SLOT, "There is no free time in the next three months"),
            (states.SKIP_ALREADY, "No action needed"),
            (states.SKIP_MANUAL, "Skipped manually"),
            (states.SKIP_NOT_TAKEN, "The scenario does not accept it"),
            (states.SKIP_NO_CONTACT, "There is no contact"),
            (states.SKIP_NO_OPPORTUNITY, "There is no opportunity"),
            (states.SKIP_CLOSED, "It is won, lost or archived"),
            (states.SKIP_BACKWARD, "It is at a later stage already"),
            (states.SKIP_OTHER_TEAM, "The stage belongs to another team"),
            (states.SKIP_STATE, "The document is not in a state for it"),
            (states.SKIP_COMMITTED, "The customer signed it, ordered it, pays or has paid: it stays as it is"),
            (states.SKIP_LIMIT, "The maximum amount leaves no discount"),
            (states.SKIP_NO_CUSTOMER, "There is no customer"),
            (states.SKIP_EXPIRED, "The quotation has expired"),
            (states.SKIP_OVERTAKEN, "Too late: the next email of the rule is due soon"),
            (states.SKIP_LATE, "Its time had passed too long ago"),
            (states.SKIP_INVOICED, "Amount exceeds the order total"),
            (states.SKIP_BOUNCED, "Emails to this address bounced"),
            (states.SKIP_CHAIN, "Two automatic messages in a row: the next one must come from a person"),
            (states.SKIP_TOGETHER, "The previous email is only leaving now"),
            (states.SKIP_OTHER_CONTACT, "It was written to a contact that the record no longer has"),
            (states.SKIP_ELSEWHERE, "What it would change belongs to another company"),
            (states.SKIP_COLLEAGUE, "The address is a colleague's"),
            (states.SKIP_BEYOND, "The author of the rule has no right to change it"),
            (states.SKIP_EMPTY, "The text is empty"),
            (states.SKIP_BY_HAND, "The customer is given invoices by hand"),
            (states.SKIP_WAY, "It cannot be sent by the method chosen for this customer"),
        ],
        readonly=True,
        help="Why nothing was done.",
    )
    done_part = fields.Selection(
        [
            (states.PART_DOCUMENT, "Created, but not sent"),
            (states.PART_WAY, "Sent by one method, but not by the other"),
        ],
        "Done in part",
        readonly=True,
        help="What a step of several parts did; the reason is why the rest was not done. Trying again does the rest.",
    )
    scheduled_at = fields.Datetime(
        "Planned for", required=True, readonly=True, help="When the step is or was to be done."
    )
    done_at = fields.Datetime("Ended", readonly=True, help="When it was done, skipped, cancelled or failed.")
    attempts = fields.Integer(
        readonly=True,
        help="How many attempts failed. It is retried after 1, 5 and 30 minutes, 4 hours and a day.",
    )
    error = fields.Text(readonly=True, translate=True, help="The last error, in words.")
    traceback = fields.Text(
        readonly=True, groups="base.group_system", help="Where in the code the last try failed, for the administrator."
    )
    result_model = fields.Char(readonly=True)
    result_id = fields.Many2oneReference(model_field="result_model", readonly=True)
    sent_message_id = fields.Many2one(
        "mail.message",
        "Sent with",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The email that sent the document: the one created by the step, or the record itself.",
    )
    sent_to = fields.Char("Sent to", readonly=True, help="The addresses that an email was sent to.")

    together_id = fields.Many2one(
        "crm.trigger.execution",
        "Done together with",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="This was done once, for several records.",
    )
    together_name = fields.Char(
        "Together with",
        compute="_compute_together_name",
        help="The record whose execution covers this one too, if you have access to it.",
    )
    joint_key = fields.Char(readonly=True, help="What has to be done once for several records.")

    _once = models.UniqueIndex("(run_id, step_id)", "This step is already planned.")
    _customer = models.UniqueIndex(
        "(joint_key) WHERE joint_key LIKE 'customer %'", "Another step is already creating this customer."
    )
    _jointly = models.UniqueIndex(
        "(step_id, joint_key) WHERE joint_key IS NOT NULL", "This was done for another record."
    )
    _due = models.Index("(scheduled_at, id) WHERE state = 'scheduled'")
    _record = models.Index("(res_model, res_id)")
    _planned = models.Index("(scheduled_at)")  # the order of the list; id only breaks ties
    _failed = models.Index("(scheduled_at, id) WHERE state = 'error'")
    _partner = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
    _message = models.Index("(result_id) WHERE result_model = 'mail.message'")

    def init(self):
        """Leave free space on each page for updates of its rows (docs/decisions/040)."""
        result = super().init()
        self.env.cr.execute("ALTER TABLE crm_trigger_execution SET (fillfactor = 90)")
        return result

    @api.depends("step_id.name", "past_name")
    @api.depends_context("lang")
    def _compute_step_name(self):
        """Step names are read as superuser: users who can read this line may see what was done."""
        for line in self:
            line.step_name = line.sudo().step_id.name or line.past_name

    @api.depends("together_id")
    @api.depends_context("lang", "uid")
    def _compute_together_name(self):
        for line in self:
            line.together_name = line.sudo().together_id.record_name

    @api.depends("step_name", "record_name")
    @api.depends_context("crm_trigger_with_record", "lang", "uid")
    def _compute_display_name(self):
        """The calendar names the step's record; elsewhere that is a column of its own."""
        for line in self:
            with_record = self.env.context.get("crm_trigger_with_record") and line.record_name
            line.display_name = f"{line.record_name} · {line.step_name}" if with_record else line.step_name

    @api.model
    def _search_step_name(self, operator, value):
        return Domain("step_id.name", operator, value) | Domain("past_name", operator, value)

    def action_cancel(self):
        """Cancel the planned executions, and the rest of their runs."""
        self._check_may_act()
        self.sudo().filtered(lambda line: line.state == states.SCHEDULED).run_id.action_stop()

    def action_run_now(self):
        """Run the planned executions immediately."""
        self._reschedule(states.SCHEDULED)

    def action_retry(self):
        """Retry the failed executions with a fresh count of tries; partly done ones do the rest."""
        self._reschedule(states.ERROR, states.PART_DOCUMENT)

    def action_skip(self):
        """Skip the planned or failed executions; their runs continue with the next step.

        Executions that a worker is processing are not touched.
        """
        self._check_may_act()
        asked = self.sudo().filtered(lambda line: line.state in (states.SCHEDULED, states.ERROR) and line.step_id)
        asked._mark(
            {"state": states.SKIPPED, "skip_reason": states.SKIP_MANUAL, "done_at": fields.Datetime.now()},
        )
        skipped = asked.filtered(lambda line: line.state == states.SKIPPED)
        skipped.run_id._mark({"state": states.RUNNING, "stop_reason": None})
        for (rule, step), lines in skipped.grouped(lambda line: (line.rule_id, line.step_id)).items():
            lines.run_id._plan(rule, after=step)
        skipped.run_id._wake()

    def _reschedule(self, state, part=None):
        """Plan for now the executions in a state, or those of which this part was done."""
        self._check_may_act()
        executions = self.sudo().filtered(
            lambda line: line.state == state or (part and line.done_part == part and line.step_id)
        )
        executions._mark({"state": states.SCHEDULED, "scheduled_at": fields.Datetime.now(), "attempts": 0})
        executions.run_id._mark({"state": states.RUNNING, "stop_reason": None})
        executions.run_id._wake()

    def action_open_result(self):
        self.ensure_one()
        self._check_there(self.result_model)
        return {
            "type": "ir.actions.act_window",
            "res_model": self.result_model,
            "res_id": self.result_id,
            "views": [(False, "form")],
        }
