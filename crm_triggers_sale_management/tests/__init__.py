from . import test_step_quotation
