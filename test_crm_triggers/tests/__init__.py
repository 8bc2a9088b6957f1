from . import test_step_kind
