"""Retry manually what was given up.

If a worker is killed every half second, one step may by chance be interrupted three times, and be given up.
"""

executions = env["crm.trigger.execution"]
if given_up := executions.search([("state", "=", "error")]):
    errors = set(given_up.mapped("error"))
    print(f"STATE {len(given_up)} given up, and retried manually: {errors}")
    assert errors == {"The worker was interrupted 3 times while doing this step."}
    given_up.action_retry()
    env.cr.commit()
    executions._work()
