from . import test_project, test_project_gallery, test_shut_project
