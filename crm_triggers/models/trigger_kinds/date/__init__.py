"""A date is reached."""

from . import crm_trigger_rule
from . import undated
