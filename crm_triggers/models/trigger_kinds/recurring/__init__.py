"""Regularly, on all that meet the conditions."""

from . import crm_trigger_rule
from . import words
