from . import test_mailing, test_mailing_list, test_mailing_list_gallery
