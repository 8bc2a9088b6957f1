"""Names that differ between Odoo 19 and 20, each in one place: see docs/odoo20.md."""

from datetime import datetime, timezone, tzinfo

from odoo.api import Environment
from odoo.tools import str2bool


def clear_caches(env: Environment) -> None:
    """Clear ``ormcache`` in every process."""
    env.registry.clear_cache()


def read_number(env: Environment, key: str, default: int, digits: int) -> int:
    """Return a system parameter as an integer; 0 if it is none, or has too many digits."""
    text = env["ir.config_parameter"].sudo().get_param(key, str(default))
    return int(text) if text.isdecimal() and len(text) <= digits else 0


def read_flag(env: Environment, key: str) -> bool:
    """Return a system parameter as a boolean; False for anything else."""
    return str2bool(env["ir.config_parameter"].sudo().get_param(key) or "", default=False)


def write_number(env: Environment, key: str, number: int) -> None:
    """Set a system parameter, with the rights of the user."""
    env["ir.config_parameter"].set_param(key, str(number))


def get_zone(env: Environment, name: str) -> tzinfo:
    """Return a time zone in the form that Odoo's own methods take."""
    return env(context={**env.context, "tz": name}).tz


def localize(zone: tzinfo, clock: datetime) -> datetime:
    """Return a naive local time of a zone as an aware datetime, for pytz and zoneinfo alike."""
    return (clock - zone.utcoffset(clock)).replace(tzinfo=timezone.utc).astimezone(zone)
