"""A worker in a separate process, to be killed: ``worker_process.py MOMENT [odoo options]``.

It runs what is due. At the given moment (``claimed``: nothing done yet; ``acted``: done and not committed;
``never``) it reports on standard output and waits.
"""

import sys
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def _wait_at(executions_class, moment, method):
    origin = getattr(executions_class, method)

    def carry_out(self, *args):
        if moment == "acted":
            origin(self, *args)
            self.env.flush_all()
        sys.stdout.write(f"{moment}\n")
        sys.stdout.flush()
        time.sleep(3600)

    setattr(executions_class, method, carry_out)


def main(moment, options):
    config.parse_config(options, setup_logging=True)
    (name,) = config["db_name"]
    registry = Registry(name)
    if moment != "never":
        _wait_at(registry["crm.trigger.execution"], moment, "_carry_out")
    with registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["crm.trigger.execution"]._work()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
