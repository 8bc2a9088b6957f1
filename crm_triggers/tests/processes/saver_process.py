"""A user's saves in a separate process: ``saver_process.py STAGE_ID LEAD_ID… [odoo options]``.

It drags each lead to the stage when it reads a line, as a request of Odoo's would, and reports it.
"""

import sys
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(stage_id, lead_ids, options):
    config.parse_config(options, setup_logging=True)
    (name,) = config["db_name"]
    registry = Registry(name)
    for lead_id in lead_ids:
        sys.stdin.readline()
        registry.check_signaling()
        with patch("odoo.addons.crm_triggers.models.run.crm_trigger_run._drain"), registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["crm.lead"].browse(lead_id).stage_id = stage_id
        sys.stdout.write("saved\n")
        sys.stdout.flush()


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2].split(",")]
    main(int(sys.argv[1]), numbers, sys.argv[3:])
