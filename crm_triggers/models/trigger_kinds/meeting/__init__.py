"""Meetings: planned, held, cancelled."""

from . import crm_trigger_rule
from . import words
from . import presets
from . import calendar_event
from . import calendar_event_type
