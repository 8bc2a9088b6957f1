from . import guard_and_model
from . import step_kind
from . import trigger_kind
