from odoo import api, models

from ..happening.crm_trigger_rule import TIDYING


class CalendarRecurrence(models.Model):
    """The same for changes of a series by Google or Outlook Calendar."""

    _inherit = "calendar.recurrence"

    @api.model
    def _sync_google2odoo(self, *args, **kwargs):
        return super(CalendarRecurrence, self.with_context(**{TIDYING: True}))._sync_google2odoo(*args, **kwargs)

    @api.model
    def _sync_microsoft2odoo(self, *args, **kwargs):
        return super(CalendarRecurrence, self.with_context(**{TIDYING: True}))._sync_microsoft2odoo(*args, **kwargs)
