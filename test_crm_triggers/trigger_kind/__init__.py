"""A kind of trigger: a record is left without a value."""

from . import crm_trigger_rule
