from . import test_renewal, test_renewal_gallery
