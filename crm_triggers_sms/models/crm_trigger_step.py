from contextlib import nullcontext

from odoo import api, fields, models
from odoo.addons.crm_triggers.engine import states
from odoo.addons.crm_triggers.models.isolation import isolated
from odoo.addons.crm_triggers.models.step.blank import is_blank
from odoo.addons.crm_triggers.models.step.kinds import StepKind, declare, skipped
from odoo.addons.sms.tools.sms_tools import sms_content_to_rendered_html
from odoo.fields import Command

from .crm_trigger_execution import SKIP_NUMBER, SKIP_PHONE_BLACKLIST

declare(
    "sms",
    StepKind(
        action={"state": "sms"},
        icon="fa-mobile",
        heading="customer",
        needs="contact",
        manager_fields=("sms_template_id",),
        reaches="contact",
    ),
)


class CrmTriggerStep(models.Model):
    """The step that sends a text message to the customer."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(selection_add=[("sms", "Send an SMS"), ("other",)], ondelete={"sms": "cascade"})
    sms_template_id = fields.Many2one(
        related="action_id.sms_template_id",
        readonly=False,
        help="The text of the SMS; it is sent in the language of the customer.",
    )

    def _get_sms_phrase(self):
        if not self.sms_template_id:
            return self.env._("send an SMS to the customer")
        return self.env._("send the SMS “%s” to the customer", self._get_name(self.sms_template_id))

    def _get_action_model_id(self, rule, kind):
        """The template of a line is for its document."""
        if kind != "sms":
            return super()._get_action_model_id(rule, kind)
        return self.env["ir.model"]._get_id(self._get_document_model_name(rule.model_name))

    def _get_sms_misfit(self):
        """Return an error if the template is for another model, whose ids it would take."""
        template, wanted = self.sms_template_id, self._get_document_model_name(self.rule_id.model_name)
        if not template or template.model == wanted:
            return None
        return self.env._(
            "the template “%(template)s” is for records of the kind “%(other)s”: choose one for “%(wanted)s”.",
            template=template.name,
            other=template.model_id.name or "-",
            wanted=self.env["ir.model"]._get(wanted).name,
        )

    def _get_sms_problem(self):
        return None if self.sms_template_id else self.env._("choose the template of the SMS.")

    @api.model
    def _get_announcing_kinds(self):
        return (*super()._get_announcing_kinds(), "sms")

    def _act_sms(self, executions):
        """Queue one text message per document whose customer has a number and did not opt out, unless it announces a
        day that is over.

        Odoo's scheduled action sends them. Runs of one document that meet at this step send it once.
        """
        outdated = self._get_outdated(executions)
        outcomes = dict.fromkeys(outdated, skipped(states.SKIP_LATE))
        return outcomes | (self._send_sms(executions - outdated) if executions - outdated else {})

    def _send_sms(self, executions):
        records = self._get_records(executions)
        documents = self._get_documents(records)
        same = executions.grouped(lambda line: documents[line.res_id])
        first = executions.browse(lines[:1].id for lines in same.values())
        recipients = next(iter(same)).union(*same)._sms_get_recipients_info()
        refused = self._get_unreachable(recipients)
        reasons = {line: refused.get(documents[line.res_id].id) for line in first}
        reasons |= dict.fromkeys(executions - first, states.SKIP_ALREADY)
        outcomes = {line: skipped(reason) for line, reason in reasons.items() if reason}
        senders, zones = self._get_senders(records), self._get_zones(same)
        alike = (executions - executions.browse(line.id for line in outcomes)).grouped(
            lambda line: (senders[line.res_id], zones[documents[line.res_id]])
        )
        for (sender, tz), group in alike.items():
            placed = next(iter(same)).browse(documents[line.res_id].id for line in group)
            bodies = self.with_context(tz=tz)._render_sms(placed, sender)
            silent = group.filtered(lambda line, bodies=bodies: is_blank(bodies[documents[line.res_id].id]))
            outcomes |= {line: skipped(states.SKIP_EMPTY) for line in silent}
            speaking = placed.filtered(lambda one, bodies=bodies: not is_blank(bodies[one.id]))
            outcomes |= self._get_results(group - silent, self._queue_sms(speaking, sender, recipients, bodies))
        return outcomes

    def _get_silent(self, executions):
        """An administrator's text message may be empty too."""
        if self.action_id.state != "sms" or not self.sms_template_id:
            return super()._get_silent(executions)
        bodies = self.sms_template_id._render_field("body", self._get_records(executions).ids, compute_lang=True)
        return executions.filtered(lambda line: is_blank(bodies[line.res_id]))

    @api.model
    def _get_unreachable(self, recipients):
        """Return ``{record id: skip reason}`` of records whose recipient gets no message.

        :param dict recipients: as ``_sms_get_recipients_info`` returns it
        """
        numbers = [info["sanitized"] for info in recipients.values() if info["sanitized"]]
        blocked = set(self.env["phone.blacklist"].search([("number", "in", numbers)]).mapped("number"))
        refused = dict.fromkeys(blocked, SKIP_PHONE_BLACKLIST)
        wrong = {info["number"]: SKIP_NUMBER for info in recipients.values() if not info["sanitized"]}
        reasons = {
            record_id: info["partner"]._tell_crm_trigger_refusal(info["sanitized"] or info["number"], wrong | refused)
            for record_id, info in recipients.items()
        }
        return {record_id: reason for record_id, reason in reasons.items() if reason}

    def _queue_sms(self, records, sender, recipients, bodies):
        """Queue the messages of one sender, and post each in the chatter of its record.

        :param dict recipients: as ``_sms_get_recipients_info`` returns it
        :param dict bodies: ``{record id: text}``
        :return: ``mail.message``, one per record, in the same order
        """
        author = sender.partner_id or self.env.company.partner_id
        messages = records._message_log_batch(
            {record.id: sms_content_to_rendered_html(bodies[record.id]) for record in records},
            author_id=author.id,
            message_type="sms",
        )
        messages.record_company_id = self.env.company  # whose gateway sends it
        texts = self.env["sms.sms"].create(
            [
                {
                    "body": bodies[message.res_id],
                    "number": recipients[message.res_id]["sanitized"],
                    "partner_id": recipients[message.res_id]["partner"].id,
                    "mail_message_id": message.id,
                }
                for message in messages
            ]
        )
        self._follow_sms(texts)
        return messages

    @api.model
    def _follow_sms(self, texts):
        """Show in the chatter whether a message is waiting, delivered or failed, as Odoo does."""
        self.env["mail.notification"].create(
            [
                {
                    "author_id": text.mail_message_id.author_id.id,
                    "mail_message_id": text.mail_message_id.id,
                    "res_partner_id": text.partner_id.id,
                    "sms_number": text.number,
                    "notification_type": "sms",
                    "sms_id_int": text.id,
                    "sms_tracker_ids": [Command.create({"sms_uuid": text.uuid})],
                    "is_read": True,
                    "notification_status": "ready",
                }
                for text in texts
            ]
        )

    def _render_sms(self, records, sender):
        """Return ``{record id: text}``, rendered as the sender with superuser rights.

        :raises UserError: the template cannot be rendered; names it and the remedy
        """
        template = self.sms_template_id.with_user(sender or self.env.user).sudo().with_context(lang=sender.lang)
        bodies, errors = {}, []
        with (
            isolated(nullcontext(), f"Rendering {template}", errors.append),
            self._standing_in(records, dict.fromkeys(records.ids, sender)),
        ):
            bodies = template._render_field("body", records.ids, compute_lang=True)
        if errors:
            self._complain_of_rendering(template, errors[0])
        return bodies
