from . import test_step_quotation, test_step_quotation_interruption
