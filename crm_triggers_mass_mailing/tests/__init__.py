from . import test_mailing, test_mailing_list, test_mailing_list_gallery, test_mailing_to_list, test_shut_mailing_list
