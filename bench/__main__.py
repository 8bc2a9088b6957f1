"""``python -m bench SECTION -c CONFIG -d DATABASE --scale SCALE``: run one section in Odoo and print its result."""

import argparse
import importlib
import json
import logging

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

_parser = argparse.ArgumentParser(prog="python -m bench")
_parser.add_argument("section")
_parser.add_argument("-c", "--config", required=True)
_parser.add_argument("-d", "--database", required=True)
_parser.add_argument("--scale", type=float, default=1.0)
options = _parser.parse_args()

config.parse_config(
    ["-c", options.config, "-d", options.database, "--no-http", "--log-level=error"], setup_logging=True
)
logging.getLogger("odoo.addons.base.models.ir_cron").setLevel(logging.ERROR)
with Registry(options.database).cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    print(json.dumps(importlib.import_module(f"bench.{options.section}").run(env, options.scale)))
