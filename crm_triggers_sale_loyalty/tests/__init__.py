from . import (
    test_coupon_gallery,
    test_price_seen,
    test_shut_coupon,
    test_step_coupon,
    test_step_coupon_interruption,
    test_usable_coupon,
)
