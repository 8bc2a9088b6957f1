from . import test_step_coupon
