from . import test_guard_and_model
