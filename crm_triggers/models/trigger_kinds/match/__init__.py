"""A record starts to meet the conditions."""

from . import crm_trigger_rule
from . import settling
from . import words
from . import crm_trigger_seen
