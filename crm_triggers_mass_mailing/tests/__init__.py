from . import test_mailing, test_mailing_list
