"""Be WORKERS workers at a time, each killed after a random life and replaced, until KILLS were.

TOTAL steps are to be done; LONGEST is a life in seconds.
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
        # Connections of its own: what the parent has open is the parent's.
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


killed, workers = 0, {}  # process id -> when it is to die
while killed < KILLS and count("scheduled"):
    while len(workers) < WORKERS:
        behind = count("done") / TOTAL > killed / KILLS  # so that none is left to kill when all is done
        workers[start()] = time.monotonic() + chance.uniform(0, LONGEST / 5 if behind else LONGEST)
    time.sleep(0.02)
    for pid, death in list(workers.items()):
        if os.waitpid(pid, os.WNOHANG)[0]:
            del workers[pid]  # it found nothing that another one did not hold
        elif time.monotonic() > death:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            del workers[pid]
            killed += 1
print(f"STATE {killed} of {WORKERS} workers at once killed when {count('done')} steps were done,", end=" ")
while count("scheduled"):
    for pid in [*workers, *(start() for _worker in range(WORKERS - len(workers)))]:
        os.waitpid(pid, 0)
    workers = {}
print(f"the rest after {time.monotonic() - begin:.0f} s")
assert killed == KILLS, "all was done too early: ask for more records or fewer kills"
