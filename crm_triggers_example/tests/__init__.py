from . import test_example, test_story, test_uninstall
