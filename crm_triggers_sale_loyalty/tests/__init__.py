from . import test_step_coupon, test_step_coupon_interruption
