from . import step_kind
