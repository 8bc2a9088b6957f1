from . import test_mailing, test_mailing_list, test_mailing_list_gallery, test_shut_mailing_list
