"""An add-on with a model, and a guard that keeps rules from its records."""

from . import site_visit
from . import crm_trigger_execution
