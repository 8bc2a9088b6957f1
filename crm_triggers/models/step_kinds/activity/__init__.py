"""Plan an activity."""

from . import crm_trigger_step
