"""Regularly, on all records that meet the conditions."""

from . import crm_trigger_rule
from . import words
