from . import test_trigger_kind
