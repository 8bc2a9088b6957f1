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


def check_readable(model, leaves):
    """Check that a user may read all that conditions ask, also those that cannot hold now.

    :param model: empty recordset, as the user sees it
    :param leaves: of :func:`~..engine.expression.leaves`
    :raises AccessError: he may not
    """
    for leaf in leaves:
        last = _check_path(model, leaf.path, leaf.by_name or bool(leaf.within))
        if leaf.within:
            check_readable(last, leaf.within)


def _check_path(model, path, to_the_end):
    """Check each field on the way, and the records it crosses.

    :param to_the_end: the record that the last field leads to is looked at as well
    :return: empty recordset of what the path leads to
    """
    for fname, _dot, rest in _split(path):
        field = model._fields.get(fname)
        if field is None:
            raise KeyError(path)
        model._check_field_access(field, "read")
        if not field.relational:
            break  # what follows, if anything, is a part of its value
        model = model.env[field.comodel_name]
        if rest or to_the_end:
            model.check_access("read")
    return model


def _split(path):
    """Yield ``(name, dot, rest)`` of each part of a path."""
    while path:
        parts = path.partition(".")
        yield parts
        path = parts[2]


def get_path_label(env, model_name, path):
    """Return the names a person sees for a path, "Opportunity > Stage"."""
    return " > ".join(
        field._description_string(env) if field is not None else fname for fname, field in walk(env, model_name, path)
    )
