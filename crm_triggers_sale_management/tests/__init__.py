from . import (
    test_quotation_gallery,
    test_quotation_left,
    test_shut_quotation,
    test_step_quotation,
    test_step_quotation_interruption,
)
