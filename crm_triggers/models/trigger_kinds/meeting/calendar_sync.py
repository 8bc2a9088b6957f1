from odoo import api, models

from ..happening.crm_trigger_rule import TIDYING


class CalendarEvent(models.Model):
    """Meetings moved or deleted by the synchronization with Google or Outlook Calendar are not cancelled here.

    Their add-ons need not be installed: then nothing calls these methods. If they are, they are loaded before this
    one, which has more dependencies.
    """

    _inherit = "calendar.event"

    @api.model
    def _sync_google2odoo(self, *args, **kwargs):
        return super(CalendarEvent, self.with_context(**{TIDYING: True}))._sync_google2odoo(*args, **kwargs)

    @api.model
    def _sync_microsoft2odoo(self, *args, **kwargs):
        return super(CalendarEvent, self.with_context(**{TIDYING: True}))._sync_microsoft2odoo(*args, **kwargs)
