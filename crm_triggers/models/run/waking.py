from odoo import api, models

from ..compat import read_flag
from ..isolation import isolated

LEFT_TO_WORKER = "crm_triggers.leave_to_worker"


class CrmTriggerRun(models.Model):
    """Schedules the jobs to run immediately; they also run periodically."""

    _inherit = "crm.trigger.run"

    @api.model
    def _is_left_to_worker(self):
        """Return whether the settings leave all steps to the worker."""
        return read_flag(self.env, LEFT_TO_WORKER)

    @api.model
    def _wake_worker(self):
        """Schedule the worker immediately. If the job was deleted, planned steps wait, and saving is not affected."""
        self._call("crm_triggers.ir_cron_execute", "Waking the worker")

    @api.model
    def _wake_clock(self):
        """Schedule the clock immediately, as of :meth:`_wake_worker`."""
        self._call("crm_triggers.ir_cron_sweep", "Waking the clock")

    def _call(self, xmlid, what):
        with isolated(self.env.cr.savepoint(flush=False), what):
            self.env.ref(xmlid).sudo()._trigger()  # whoever triggers it
