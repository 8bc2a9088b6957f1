"""Records are put in by hand, or by another rule: a scenario."""

from . import crm_trigger_rule
