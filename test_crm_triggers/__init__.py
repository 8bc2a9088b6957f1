from . import guard_and_model
