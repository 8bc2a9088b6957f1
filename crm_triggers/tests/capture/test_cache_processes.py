import subprocess
import sys
from pathlib import Path

from odoo.tests import get_db_name, tagged
from odoo.tools import config

from ..committed import CommittedCase

SAVER_PROCESS = Path(__file__).parents[1] / "processes" / "saver_process.py"


@tagged("post_install", "-at_install")
class TestCacheProcesses(CommittedCase):
    """What a process caches of rules when another one changes them."""

    def _save(self, process):
        process.stdin.write("go\n")
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), "saved\n")

    def _edit(self, edit):
        """Change something as a request of this process would: the others get a signal."""
        with self._env() as env:
            edit(env["crm.trigger.rule"].search([("name", "=", self._testMethodName)]))
        self.registry.signal_changes()

    def test_step_and_rule_edited_by_another_process_count_for_the_next_save(self):
        """Fails without ``clear_caches`` in ``_clear_rules``."""
        self._create_rule([{"delay_count": 1, "delay_unit": "hours"}])
        lead_ids = self._create_leads(4)
        options = ["-d", get_db_name(), "--addons-path", ",".join(config["addons_path"]), "--logfile", ""]
        options += ["-c", config["config"]] if config["config"] else []
        numbers = ",".join(map(str, lead_ids))
        process = subprocess.Popen(
            [sys.executable, str(SAVER_PROCESS), str(self.stage_offer), numbers, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self._save(process)
        self._edit(lambda rule: rule.step_ids.write({"delay_count": 5}))
        self._save(process)
        self._edit(lambda rule: rule.write({"filter_domain": str([("stage_id", "=", self.stage_new)])}))
        self._save(process)
        self._edit(lambda rule: rule.write({"filter_domain": str([("stage_id", "=", self.stage_offer)])}))
        self._edit(lambda rule: rule.action_pause())
        self._save(process)

        with self._env() as env:
            executions = env["crm.trigger.execution"].search(self._domain(), order="id")
            self.assertEqual(executions.mapped("res_id"), lead_ids[:2])
            hours = [round((line.scheduled_at - line.run_id.started_at).total_seconds() / 3600) for line in executions]
            self.assertEqual(hours, [1, 5])
