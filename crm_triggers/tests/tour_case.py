from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from freezegun import api as freezegun

from odoo.tests import HttpCase
from odoo.tests.test_cursor import TestCursor
from odoo.tools.misc import Callbacks

from .common import CrmTriggersCommon


class TourCase(HttpCase, CrmTriggersCommon):
    """Users' actions in a browser, with the real clock."""

    def setUp(self):
        super().setUp()
        # By its full name: freezegun freezes what a module imports from there.
        self._move_to(datetime.utcfromtimestamp(freezegun.real_time()))

    @contextmanager
    def _committing(self):
        """Let each request run its postcommit callbacks, as a real server does: here they would be lost."""
        commit_origin = TestCursor.commit

        def commit(cr):
            cr.flush()
            waiting, cr.postcommit = cr.postcommit, Callbacks()
            commit_origin(cr)
            cr.postcommit, cr._now = waiting, None
            waiting.run()

        with patch.object(TestCursor, "commit", commit):
            yield
