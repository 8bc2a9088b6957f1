from odoo import api, models


class CrmTriggerRule(models.Model):
    _inherit = "crm.trigger.rule"

    @api.model
    def _get_health_problems(self, standstills, failing):
        """Also report a job runner that does not work: due steps are then done by one worker instead of several."""
        problems = super()._get_health_problems(standstills, failing)
        executions = self.env["crm.trigger.execution"].sudo()
        keys = executions._get_job_keys()
        if not keys or not executions._has_runner():
            return problems
        jobs = self.env["queue.job"].sudo()  # whether they run is not confidential
        if jobs._crm_trigger_search_failures(keys):
            problems.append(
                self.env._(
                    "Jobs of rules fail, and the scheduled action does their work: ask an administrator to look at "
                    "them in Job Queue."
                )
            )
        elif jobs._crm_trigger_search_open(keys)._crm_trigger_get_late():
            problems.append(
                self.env._(
                    "Jobs of rules are not run, and the scheduled action does their work: ask an administrator to "
                    "look at them in Job Queue."
                )
            )
        return problems
