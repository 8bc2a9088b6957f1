from . import test_renewal
