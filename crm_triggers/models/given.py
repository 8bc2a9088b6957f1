"""Ids and keys given through the external API: invalid ones raise a readable error that is reported to the caller."""

from odoo.exceptions import MissingError, UserError

MAX_ID = 2**31 - 1  # of a column of PostgreSQL
MAX_KEY = 200  # maximum length of a key: it is part of an index


def check_ids(env, res_ids):
    """Check that these can be ids of records.

    :raises UserError: one of them is not
    """
    for res_id in res_ids:
        if not isinstance(res_id, int) or isinstance(res_id, bool) or not 0 < res_id <= MAX_ID:
            raise UserError(env._("%s is not the ID of a record: it is a whole number above 0.", repr(res_id)))


def check_key(env, key):
    """Return a key as stored; None without one.

    :raises UserError: it is not a string, or too long
    """
    if key is None or key is False:
        return None
    text = str(key) if isinstance(key, int | str) and not isinstance(key, bool) else ""
    if not text.strip() or len(text) > MAX_KEY or "\x00" in text:
        raise UserError(env._("The key must be a text of up to %s characters.", MAX_KEY))
    return text


def browse_given(env, model_name, res_ids):
    """Return the records with these ids, each once, in the order given.

    :param str model_name: an existing model
    :param res_ids: an id or a list of ids
    :raises UserError: these are not ids
    :raises MissingError: some of the records do not exist
    """
    res_ids = list(res_ids) if isinstance(res_ids, list | tuple | set) else [res_ids]
    check_ids(env, res_ids)
    records = env[model_name].browse(dict.fromkeys(res_ids))
    if gone := records - records.exists():
        raise MissingError(
            env._(
                "There is no %(model)s with these IDs: %(ids)s.",
                model=env["ir.model"]._get(model_name).sudo().name,  # names of models are not confidential
                ids=", ".join(map(str, gone._ids)),
            )
        )
    return records
