"""Change a field."""

from . import crm_trigger_step
