import re

from markupsafe import Markup

from odoo import models
from odoo.addons.mail.tools.discuss import Store

# A link made by a rule, without the record's name: the part before the id, model, id, the part after.
_LINK = re.compile(r'(<a [^>]*href="/odoo/([\w.]+)/(\d+)"[^>]*>)#\3(</a>)')


class MailActivity(models.Model):
    """The links in an activity that a rule put on a contact get the names of their records when displayed, for
    users who can open them.
    """

    _inherit = "mail.activity"

    def _to_store_defaults(self, target):
        named = Store.Attr("note", lambda activity: activity._name_crm_trigger_records())
        return [named if field == "note" else field for field in super()._to_store_defaults(target)]

    def _name_crm_trigger_records(self):
        """Return the note of this activity with the names of the linked records that the user may open."""
        note = self.note
        if not note or not _LINK.search(note):
            return note
        return Markup(_LINK.sub(self._name_link, note))  # Odoo's sanitized note, and escaped names # nosec B704

    def _name_link(self, match):
        before, model_name, res_id, after = match.groups()
        if model_name not in self.env:
            return match[0]
        record = self.env[model_name].browse(int(res_id)).exists().sudo(False)
        name = record and record._filtered_access("read").display_name
        return f"{before}{Markup.escape(name)}{after}" if name else match[0]
