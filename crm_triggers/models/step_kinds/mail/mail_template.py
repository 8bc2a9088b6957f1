from odoo import api, models
from odoo.exceptions import UserError

from ...step.blank import is_blank, is_blank_html
from ...trigger_kinds.happening.mail_message import TEMPLATE

RECIPIENTS = "crm_triggers_recipients"  # {record id: recipients as rendered by Odoo}
REPLY_TO = "crm_triggers_reply_to"  # {record id: reply address if the template has none, or False}


class MailTemplate(models.Model):
    """A template used by a step cannot be deleted."""

    _inherit = "mail.template"

    def _generate_template_recipients(self, res_ids, render_fields, *args, render_results=None, **kwargs):
        """Use the recipients that a step has already checked, if the context has them, with the reply addresses.
        Both are rendered after the rest, which includes the sender.
        """
        render_results = {} if render_results is None else render_results
        self._mend_crm_trigger_senders(render_results)
        known = self.env.context.get(RECIPIENTS)
        if known is None or not known.keys() >= set(res_ids):
            return super()._generate_template_recipients(
                res_ids, render_fields, *args, render_results=render_results, **kwargs
            )
        addresses = self.env.context.get(REPLY_TO, {})
        for res_id in res_ids:
            values = render_results.setdefault(res_id, {})
            values.update(known[res_id])
            values["reply_to"] = values.get("reply_to") or addresses.get(res_id) or values.get("email_from")
        return render_results

    def _render_crm_trigger_recipients(self, res_ids):
        """Return ``{record id: recipients}``, as they will be rendered for the mails."""
        return self._generate_template_recipients(res_ids, ("email_to", "partner_to", "email_cc"))

    def _get_crm_trigger_empty(self, res_ids):
        """Return the ids of those of these records for which both subject and body are empty, as a set; bodies are
        rendered only if there is no subject.
        """
        subjects = self._render_field("subject", res_ids, compute_lang=True) if res_ids else {}
        silent = [res_id for res_id in res_ids if is_blank(subjects[res_id])]
        bodies = self._render_field("body_html", silent, compute_lang=True) if silent else {}
        return {res_id for res_id in silent if is_blank_html(bodies[res_id])}

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used_by_steps(self):
        self.env["crm.trigger.step"]._forbid_deletion_of(self, [("action_id.template_id", "in", self.ids)])

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_awaited_by_rules(self):
        """Name the rules whose conditions wait for a message with this template."""
        if names := self.env["crm.trigger.rule"]._get_choosing("happening_template_id", self):
            raise UserError(self.env._("These rules wait for such an email, change them first: %s", names))

    def send_mail_batch(self, *args, **kwargs):
        """Pass the template of a message on to rules."""
        return super(MailTemplate, self.with_context(**{TEMPLATE: self.id})).send_mail_batch(*args, **kwargs)
