"""A record is created."""

from . import crm_trigger_rule
