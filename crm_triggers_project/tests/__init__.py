from . import test_project, test_project_gallery
