"""Records are put in manually, or by another rule: a scenario."""

from . import crm_trigger_rule
