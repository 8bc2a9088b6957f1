from . import test_guard_and_model
from . import test_step_kind
from . import test_trigger_kind
from . import test_uninstalled_kind
