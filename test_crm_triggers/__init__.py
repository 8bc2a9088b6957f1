from . import trigger_kind
