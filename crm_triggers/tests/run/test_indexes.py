from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestIndexes(CrmTriggersCommon):
    """What a run or an execution becomes is written beside what it was, where no index has to know
    (PostgreSQL calls it HOT): see docs/decisions/040."""

    def _count_hot(self, table):
        self.env.flush_all()
        self.env.cr.execute("SELECT pg_stat_get_xact_tuples_hot_updated(%s::regclass)", [table])
        return self.env.cr.fetchone()[0]

    def setUp(self):
        super().setUp()
        self._rule_on_offer()
        self.leads = self._create_leads(5)
        self._drag(self.leads, self.stage_offer)

    def test_run_that_ends_touches_no_index(self):
        """Fails with an index on ``crm.trigger.run`` that names the state, also in its condition."""
        before = self._count_hot("crm_trigger_run")

        self._get_runs(self.leads)._mark({"state": "done"})

        self.assertEqual(self._count_hot("crm_trigger_run") - before, 5)

    def test_what_is_noted_of_an_execution_touches_no_index(self):
        """An error, or that what was sent came back."""
        before = self._count_hot("crm_trigger_execution")

        self._get_executions(self.leads).write({"error": "It came back", "attempts": 1})

        self.assertEqual(self._count_hot("crm_trigger_execution") - before, 5)

    def test_pages_have_room(self):
        self.env.cr.execute(
            "SELECT relname, reloptions FROM pg_class WHERE relname IN ('crm_trigger_run', 'crm_trigger_execution')"
        )
        expected = {"crm_trigger_run": ["fillfactor=80"], "crm_trigger_execution": ["fillfactor=90"]}
        self.assertEqual(dict(self.env.cr.fetchall()), expected)

    def test_indexes_of_before_are_dropped_by_an_upgrade(self):
        """Odoo leaves an index alone that no model names any more."""
        self.env.cr.execute("CREATE INDEX crm_trigger_run_running ON crm_trigger_run (res_id) WHERE state = 'running'")
        script = load_script(file_path("crm_triggers/migrations/19.0.1.6.0/pre-indexes.py"), "crm_triggers_pre_indexes")

        script.migrate(self.env.cr, "19.0.1.5.0")

        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE indexname = ANY(%s)",
            [list(script.REMOVED)],
        )
        self.assertFalse(self.env.cr.fetchall())
