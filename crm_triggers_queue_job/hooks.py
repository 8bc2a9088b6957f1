from odoo.addons.queue_job.job import CANCELLED, DONE, STARTED


def uninstall_hook(env):
    """Leave no job whose method is gone: waiting jobs are deleted, and running ones are not repeated.

    The scheduled action of Triggers does what is due, as before.
    """
    ours = [("model_name", "=", "crm.trigger.execution"), ("method_name", "=", "_work_in_job")]
    jobs = env["queue.job"].search([*ours, ("state", "not in", (DONE, CANCELLED))])
    started = jobs.filtered(lambda job: job.state == STARTED)
    (jobs - started).unlink()
    started._change_job_state(CANCELLED)
