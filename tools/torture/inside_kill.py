"""Run WORKERS workers at a time; when a random one of TOTAL steps is done, and up to LONGEST seconds later, one of
them is killed and replaced, KILLS times in all.
"""

import os
import random
import signal
import time
import traceback

from odoo import sql_db

chance = random.Random(KILLS)
begin = time.monotonic()


def start():
    """Return the process id of a new worker."""
    pid = os.fork()
    if pid:
        return pid
    try:
        # Separate connections: those that are open belong to the parent.
        sql_db._Pool = None
        env.registry._db = sql_db.db_connect(env.cr.dbname)
        with env.registry.cursor() as cr:
            env(cr=cr)["crm.trigger.execution"]._work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def count(state):
    env.cr.rollback()
    env.cr.execute("SELECT count(*) FROM crm_trigger_execution WHERE state = %s", [state])
    return env.cr.fetchone()[0]


def replace(workers):
    """Start workers up to the requested number; a worker ends when all that is due is locked by others."""
    alive = [pid for pid in workers if not os.waitpid(pid, os.WNOHANG)[0]]
    return alive + [start() for _worker in range(WORKERS - len(alive))]


killed, workers = 0, []
# Nothing is killed in the last fifth: a step interrupted twice comes last, and a third time would end it.
for point in sorted(chance.uniform(0, 0.8 * TOTAL) for _kill in range(KILLS)):
    while count("done") < point:
        workers = replace(workers)
        time.sleep(0.02)
    workers = replace(workers)
    time.sleep(chance.uniform(0, LONGEST))
    victim = chance.choice(workers)
    os.kill(victim, signal.SIGKILL)
    killed += os.WIFSIGNALED(os.waitpid(victim, 0)[1])  # unless it has just ended
    workers.remove(victim)
killed_at = count("done")
while count("scheduled"):
    workers = replace(workers)
    time.sleep(0.1)
for pid in workers:
    os.waitpid(pid, 0)
took = time.monotonic() - begin
print(f"STATE {killed} workers killed, {WORKERS} at a time, up to step {killed_at} of {TOTAL}", end="; ")
print(f"all was done after {took:.0f} s")
assert killed >= 0.8 * KILLS, "too few workers were running: use more records or fewer kills"
