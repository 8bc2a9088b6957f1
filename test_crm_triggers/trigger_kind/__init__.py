"""A kind of trigger: a field of a record is emptied."""

from . import crm_trigger_rule
