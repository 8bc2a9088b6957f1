"""Try again by hand what was given up.

Where a worker dies each half second, one step may by chance be interrupted three times, and so be given up.
"""

executions = env["crm.trigger.execution"]
if given_up := executions.search([("state", "=", "error")]):
    errors = set(given_up.mapped("error"))
    print(f"STATE {len(given_up)} given up, and tried again by hand: {errors}")
    assert errors == {"The worker was interrupted 3 times while doing this step."}
    given_up.action_retry()
    env.cr.commit()
    executions._work()
