from markupsafe import Markup

from odoo import fields, models

from ...step.blank import is_blank


class IrActionsServer(models.Model):
    """Posts in a Discuss channel."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_trigger_channel", "Post in Channel")], ondelete={"crm_trigger_channel": "cascade"}
    )
    channel_id = fields.Many2one(
        "discuss.channel",
        ondelete="set null",
        domain=[("channel_type", "=", "channel")],
        help="The channel it is posted in. All its members can read the names of the records.",
    )
    channel_text = fields.Char("Text in the channel", translate=True, help="The text; links to the records follow.")

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_trigger_channel":
            if not self.channel_id.active:
                warnings.append(self.env._("choose the channel."))
            if not self.channel_text:
                warnings.append(self.env._("write the text for the channel."))
        return warnings

    def _run_action_crm_trigger_channel_multi(self, eval_context=None):
        documents = self.env["crm.trigger.step"]._get_documents(self._crm_trigger_get_active_records())
        self._crm_trigger_post(dict.fromkeys(documents.values()))
        return False

    def _get_crm_trigger_channel_text(self):
        """Return the text of the post, in the language of the company."""
        return self.with_context(lang=self.env.company.partner_id.lang).channel_text

    def _crm_trigger_post(self, records):
        """Post one message about records, with a link to each, in the language of the company.

        :param records: iterable of records; duplicates are linked once
        :return: ``mail.message``, empty without records or text
        """
        text = self._get_crm_trigger_channel_text()
        links = [record._get_html_link(title=record.display_name) for record in records]
        if not links or is_blank(text):
            return self.env["mail.message"]
        items = Markup().join(Markup("<li>%s</li>") % link for link in links)
        return self.channel_id.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>") % (text, items),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.ref("base.partner_root").id,
        )
