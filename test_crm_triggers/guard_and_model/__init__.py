"""An add-on that brings a model, and what keeps rules from its records."""

from . import site_visit
from . import crm_trigger_execution
