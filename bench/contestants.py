"""The same job three ways: our rules, ``base_automation``, and what Odoo needs without either."""

from contextlib import contextmanager

from odoo.addons.crm_triggers.models.capture.base import Base
from odoo.fields import Command

CAPTURING = ("create", "write", "unlink", "_write_multi")


@contextmanager
def capture_off(env):
    """Let the models of this process be Odoo's own, which capture nothing, as if the add-on were not there."""
    taken = {name: vars(Base)[name] for name in CAPTURING}
    for name in CAPTURING:
        delattr(Base, name)
    try:
        yield
    finally:
        for name, method in taken.items():
            setattr(Base, name, method)


def captures():
    """Tell whether changes are captured."""
    return all(name in vars(Base) for name in CAPTURING)


@contextmanager
def automations(env, values_list):
    """Have automation rules of Odoo's own for the block; in this process they work at once."""
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
    """Return the values of an automation rule on opportunities that are given a stage."""
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
    """Let exactly the rules of these names be live, without anything else happening."""
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
