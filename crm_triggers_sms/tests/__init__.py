from . import test_shut_sms, test_sms, test_sms_gallery, test_sms_queue
