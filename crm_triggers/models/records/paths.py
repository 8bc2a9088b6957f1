"""The single implementation of dotted paths, ``opportunity_id.stage_id``: which fields they consist of, and what
the result of a comparison depends on.
"""

from datetime import date, datetime

from odoo.fields import Domain

from ...engine.relative_date import names_weekday

LANG, COMPANY, CLOCK = "lang", "company", "clock"
COMPANY_KEYS = {"company", "allowed_company_ids"}  # of the context, in the terms of ``api.depends_context``


def walk(env, model_name, path):
    """Yield ``(name, field)`` for each part of a path; the field is None once the path is invalid."""
    for fname in path.split("."):
        field = env[model_name]._fields.get(fname) if model_name in env else None
        model_name = field.comodel_name if field is not None else None
        yield fname, field


def get_path_fields(env, model_name, path):
    """Return the fields of a path, the last one being the one compared or written.

    :raises KeyError: the path is invalid
    """
    fields = [field for _fname, field in walk(env, model_name, path)]
    if None in fields:
        raise KeyError(path)
    return fields


def get_field_at(env, model_name, path):
    """Return the field at the end of a path, None if the path is invalid."""
    *_way, (_fname, field) = walk(env, model_name, path)
    return field


def check_readable(model, leaves):
    """Check that a user may read everything conditions read, including those that cannot hold now.

    :param model: empty recordset, with the user's rights
    :param leaves: of :func:`~..engine.expression.leaves`
    :raises AccessError: they may not
    """
    for leaf in leaves:
        last = _check_path(model, leaf.path, leaf.by_name or bool(leaf.within))
        if leaf.within:
            check_readable(last, leaf.within)


def _check_path(model, path, to_the_end):
    """Check each field of a path, and the records it passes through.

    :param to_the_end: also check the record of the last field
    :return: empty recordset of the model at the end of the path
    """
    for fname, _dot, rest in _split(path):
        field = model._fields.get(fname)
        if field is None:
            raise KeyError(path)
        model._check_field_access(field, "read")
        if not field.relational:
            break  # the rest, if any, is a part of its value
        model = model.env[field.comodel_name]
        if rest or to_the_end:
            model.check_access("read")
    return model


def may_read(model, domain):
    """Return whether a user may read everything a domain reads, fields and models.

    :param model: empty recordset, with the user's rights
    """
    for condition in domain.iter_conditions():
        way = [model]
        for _fname, field in walk(model.env, model._name, condition.field_expr):
            if field is None or not (way[-1].has_access("read") and way[-1]._has_field_access(field, "read")):
                return False
            if not field.relational:
                break  # the rest, if any, is a part of its value
            way.append(model.env[field.comodel_name])
        within = condition.operator in ("any", "not any")
        if within and not may_read(way[-1], Domain(condition.value)):
            return False
    return True


def _split(path):
    """Yield ``(name, dot, rest)`` of each part of a path."""
    while path:
        parts = path.partition(".")
        yield parts
        path = parts[2]


def get_path_label(env, model_name, path):
    """Return the labels of a path, "Opportunity > Stage"."""
    return " > ".join(
        field._description_string(env) if field is not None else fname for fname, field in walk(env, model_name, path)
    )


def find_asked(env, model_name, domain):
    """Return what the result of a domain depends on: set of LANG, COMPANY, CLOCK.

    :param domain: ``Domain``, as written
    """
    asked = set()
    for condition in domain.iter_conditions():
        way = [field for _fname, field in walk(env, model_name, condition.field_expr) if field is not None]
        keys = {key for field in way for key in env.registry.field_depends_context[field]}
        asked |= {COMPANY} if keys & COMPANY_KEYS else set()
        if not way:
            continue
        if condition.operator in ("any", "not any"):
            asked |= find_asked(env, way[-1].comodel_name, Domain(condition.value))
            continue
        value = condition.value
        values = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
        asked |= {LANG} if _name_in_a_language(env, way[-1], values) else set()
        asked |= {CLOCK} if any(_is_of_a_clock(way[-1], one) for one in values) else set()
    return asked


def _name_in_a_language(env, field, values):
    """Return whether values are names or texts that differ by language."""
    if not any(isinstance(value, str) for value in values):
        return False
    if field.type in ("date", "datetime"):
        return any(map(names_weekday, values))  # the first day of the week differs
    if field.relational or field.name == "display_name":
        model = env[field.comodel_name or field.model_name]
        names = (get_field_at(env, model._name, name) for name in model._rec_names_search or [model._rec_name or "id"])
        return any(_is_translated(env, name) for name in names if name is not None)
    return _is_translated(env, field)


def _is_translated(env, field):
    return bool(getattr(field, "translate", False)) or "lang" in env.registry.field_depends_context[field]


def _is_of_a_clock(field, value):
    """Return whether a value is another moment in another time zone: "today -7d", or a date compared with a
    datetime.
    """
    if field.type not in ("date", "datetime"):
        return False
    if isinstance(value, str) and not value[:4].isdigit():
        return True
    if isinstance(value, str):
        mere_day = len(value) == len("2026-01-31")
    else:
        mere_day = isinstance(value, date) and not isinstance(value, datetime)
    return field.type == "datetime" and mere_day
