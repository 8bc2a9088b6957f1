from . import test_engine_states
