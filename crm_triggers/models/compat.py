"""What Odoo 19 and 20 call by different names, each in one place: see docs/odoo20.md."""

from datetime import datetime, timezone, tzinfo

from odoo.api import Environment
from odoo.tools import str2bool


def clear_caches(env: Environment) -> None:
    """Clear in every process what ``ormcache`` keeps of the database."""
    env.registry.clear_cache()


def read_number(env: Environment, key: str, default: int, digits: int) -> int:
    """Return a system parameter that is a whole number; 0 for what is none, or has more digits."""
    text = env["ir.config_parameter"].sudo().get_param(key, str(default))
    return int(text) if text.isdecimal() and len(text) <= digits else 0


def read_flag(env: Environment, key: str) -> bool:
    """Return a system parameter that is yes or no; what is neither is no."""
    return str2bool(env["ir.config_parameter"].sudo().get_param(key) or "", default=False)


def write_number(env: Environment, key: str, number: int) -> None:
    """Set a system parameter, with the rights of the user."""
    env["ir.config_parameter"].set_param(key, str(number))


def get_zone(env: Environment, name: str) -> tzinfo:
    """Return a time zone as Odoo's own methods take it."""
    return env(context={**env.context, "tz": name}).tz


def localize(zone: tzinfo, clock: datetime) -> datetime:
    """Return a naive clock time of a zone as an instant in it, whoever's class the zone is."""
    return (clock - zone.utcoffset(clock)).replace(tzinfo=timezone.utc).astimezone(zone)
