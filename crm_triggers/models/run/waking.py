from odoo import api, models

from ..compat import read_flag
from ..isolation import isolated

LEFT_TO_WORKER = "crm_triggers.leave_to_worker"


class CrmTriggerRun(models.Model):
    """Having the scheduled actions come at once, each of which comes by itself as well."""

    _inherit = "crm.trigger.run"

    @api.model
    def _is_left_to_worker(self):
        """Tell whether the settings leave all of what rules do to the worker."""
        return read_flag(self.env, LEFT_TO_WORKER)

    @api.model
    def _wake_worker(self):
        """Have the worker come at once. If somebody deleted it, what is planned waits, and nobody
        who saves is held up."""
        self._call("crm_triggers.ir_cron_execute", "Waking the worker")

    @api.model
    def _wake_clock(self):
        """Have the clock come at once, as of :meth:`_wake_worker`."""
        self._call("crm_triggers.ir_cron_sweep", "Waking the clock")

    def _call(self, xmlid, what):
        with isolated(self.env.cr.savepoint(flush=False), what):
            self.env.ref(xmlid).sudo()._trigger()  # whoever saves
