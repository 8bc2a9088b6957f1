"""The contact does something: one signal, several within a window, or enough points."""

from . import crm_trigger_rule
from . import crm_trigger_signal_type
from . import reached
from . import crm_trigger_signal_reader
from . import crm_trigger_signal
from . import sweep
from . import words
from . import presets
