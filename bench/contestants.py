"""The same job in three ways: our rules, ``base_automation``, and plain Odoo."""

from contextlib import contextmanager

from odoo.addons.crm_triggers.models.capture.base import Base
from odoo.fields import Command

CAPTURING = ("create", "write", "unlink", "_write_multi")


@contextmanager
def capture_off(env):
    """Remove the capturing methods from the models of this process, as if the add-on were not installed."""
    taken = {name: vars(Base)[name] for name in CAPTURING}
    for name in CAPTURING:
        delattr(Base, name)
    try:
        yield
    finally:
        for name, method in taken.items():
            setattr(Base, name, method)


def captures():
    """Return whether changes are captured."""
    return all(name in vars(Base) for name in CAPTURING)


@contextmanager
def automations(env, values_list):
    """Create Odoo's automation rules for the block; in this process they take effect immediately."""
    made = env["base.automation"].create(values_list)
    env.cr.commit()
    try:
        yield made
    finally:
        env.cr.rollback()
        made.action_server_ids.unlink()
        made.unlink()
        env.cr.commit()


def automation_values(env, name, action, **vals):
    """Return the values of an automation rule on opportunities that reach a stage."""
    stage_field = env["ir.model.fields"]._get("crm.lead", "stage_id")
    model_id = env["ir.model"]._get_id("crm.lead")
    return {
        "name": name,
        "model_id": model_id,
        "trigger": "on_create_or_write",
        "trigger_field_ids": [Command.set(stage_field.ids)],
        "action_server_ids": [
            Command.create({"name": name, "model_id": model_id, "usage": "base_automation", **action})
        ],
        **vals,
    }


def set_live(env, names):
    """Make exactly the rules with these names live, without side effects."""
    env.cr.execute(
        "UPDATE crm_trigger_rule SET state = CASE WHEN name->>'en_US' = ANY(%s) THEN 'live' ELSE 'draft' END",
        [list(names)],
    )
    env.invalidate_all()
    env.registry.clear_cache()
    env.cr.commit()


def all_rules():
    """Return the names of the 200 rules on opportunities."""
    return [f"Bench {i}" for i in range(200)]
