from datetime import datetime, timedelta
from functools import partial

from odoo import fields, models
from odoo.fields import Domain

from ...engine.working_time import NoWorkingTimeError, WorkingTime, Year
from ..compat import get_zone, localize

CACHE = "crm_triggers.working_time"


class ResourceCalendar(models.Model):
    """Working hours in terms of the engine."""

    _name = "resource.calendar"
    _inherit = ["resource.calendar", "crm.trigger.known.mixin"]
    _crm_trigger_known = frozenset({"tz"})

    def _get_crm_trigger_time(self, tz=None):
        """Return the ``WorkingTime`` of this calendar, None for an empty recordset.

        A year costs four queries, once per transaction, however many records use it.

        :param str tz: time zone of the hours; by default the calendar's
        """
        if not self:
            return None
        cache = self.env.cr.cache.setdefault(CACHE, {})
        key = (self.id, tz or self.tz)
        if key not in cache:
            cache[key] = self._read_crm_trigger_time(tz)
        return cache[key]

    def _read_crm_trigger_time(self, tz=None):
        # Read as superuser: the saving user may not have access to the calendar.
        system = self.env(su=True, context={})
        return WorkingTime(partial(self.with_env(system)._read_crm_trigger_year, tz=tz))

    def _read_crm_trigger_year(self, year, tz=None):
        """Return the working days and hours of a year, without public holidays.

        Odoo fills the weeks of a flexible calendar from the first requested day: a Monday.
        """
        self.ensure_one()
        zone, new_year = get_zone(self.env, tz or self.tz), datetime(year, 1, 1)
        start = localize(zone, new_year - timedelta(days=new_year.weekday()))
        end = localize(zone, datetime(year + 1, 1, 1))
        domain = list(self._get_crm_trigger_leaves())
        intervals = self._work_intervals_batch(start, end, domain=domain, tz=zone)[False]
        return Year.of(year, [(begins, ends) for begins, ends, _attendance in intervals])

    def _get_crm_trigger_leaves(self):
        """Return the domain of the leaves that apply; Odoo's includes the holidays of all companies."""
        own = Domain("calendar_id", "=", self.id)
        if self.company_id:
            own |= Domain("company_id", "=", self.company_id.id)
        return own & Domain("time_type", "=", "leave")

    def _lacks_crm_trigger_time(self):
        """Return whether this calendar has no working hours in the next two years, bypassing the cache."""
        if not self:
            return False
        try:
            self._read_crm_trigger_time().moment(fields.Datetime.now(), timedelta(0))
        except NoWorkingTimeError:
            return True
        return False
