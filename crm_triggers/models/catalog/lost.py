"""What add-ons remove when they are uninstalled."""

from collections import defaultdict
from dataclasses import dataclass, field

from odoo.tools import SQL

CHOICES, FIELDS, MODELS = "ir.model.fields.selection", "ir.model.fields", "ir.model"


@dataclass
class Lost:
    """What is removed with add-ons, each with the technical name of the add-on it belongs to.

    ``addons``: their names. ``models``: ``{model name: add-on}``. ``fields``: ``{(model name, field):
    add-on}``. ``choices``: ``{(model name, field, value): add-on}``. ``records``: ``{model name: {id: add-on}}``.
    """

    addons: tuple = ()
    models: dict = field(default_factory=dict)
    fields: dict = field(default_factory=dict)
    choices: dict = field(default_factory=dict)
    records: dict = field(default_factory=lambda: defaultdict(dict))


def find_lost(env, addons):
    """Return what belongs to these add-ons alone.

    :param addons: technical names
    """
    lost = Lost(addons=tuple(addons))
    query = SQL(
        "SELECT d.model, d.res_id, min(d.module) FROM ir_model_data d WHERE d.module IN %(addons)s AND NOT EXISTS ("
        "SELECT FROM ir_model_data o WHERE o.model = d.model AND o.res_id = d.res_id AND o.module NOT IN %(addons)s"
        " AND o.module != '__cloc_exclude__') AND d.res_id IS NOT NULL GROUP BY d.model, d.res_id",
        addons=tuple(addons) or ("",),
    )
    for model_name, res_id, addon in env.execute_query(query):
        lost.records[model_name][res_id] = addon
    for model in _browse(env, MODELS, lost):
        lost.models[model.model] = lost.records[MODELS][model.id]
    for one in _browse(env, FIELDS, lost):
        lost.fields[one.model, one.name] = lost.records[FIELDS][one.id]
    for choice in _browse(env, CHOICES, lost):
        key = (choice.field_id.model, choice.field_id.name, choice.value)
        lost.choices[key] = lost.records[CHOICES][choice.id]
    return lost


def _browse(env, model_name, lost):
    return env[model_name].sudo().browse(lost.records.get(model_name, ())).exists()
