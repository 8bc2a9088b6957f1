"""Meetings: planned, held, cancelled."""

from . import crm_trigger_rule
from . import words
from . import presets
from . import calendar_event
from . import calendar_event_type
from . import calendar_sync
from . import calendar_recurrence
from . import crm_lead
