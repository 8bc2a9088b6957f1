"""The one walk along a dotted path, ``opportunity_id.stage_id``: which fields it leads through."""


def walk(env, model_name, path):
    """Yield ``(name, field)`` for each part of a path; the field is None from where it leads nowhere."""
    for fname in path.split("."):
        field = env[model_name]._fields.get(fname) if model_name in env else None
        model_name = field.comodel_name if field is not None else None
        yield fname, field


def get_path_fields(env, model_name, path):
    """Return the fields that a path leads through, the last one being what is compared or written.

    :raises KeyError: it leads nowhere
    """
    fields = [field for _fname, field in walk(env, model_name, path)]
    if None in fields:
        raise KeyError(path)
    return fields


def get_field_at(env, model_name, path):
    """Return the field at the end of a path, None if it leads nowhere."""
    *_way, (_fname, field) = walk(env, model_name, path)
    return field


def get_path_label(env, model_name, path):
    """Return the names a person sees for a path, "Opportunity > Stage"."""
    return " > ".join(
        field._description_string(env) if field is not None else fname for fname, field in walk(env, model_name, path)
    )
