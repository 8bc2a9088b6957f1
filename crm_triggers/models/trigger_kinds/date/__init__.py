"""A date is reached."""

from . import crm_trigger_rule
from . import sweep
from . import words
from . import presets
from . import undated
