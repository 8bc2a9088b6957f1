from . import test_sms, test_sms_gallery
