"""One worker of the full queue, in a separate process: waits for a line, works, reports the result."""

import resource
import sys
import time


def run(env, _scale):
    """Run everything that is due."""
    env["crm.trigger.rule"]._get_watch()
    env.cr.commit()
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    env["crm.trigger.execution"]._work()
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
