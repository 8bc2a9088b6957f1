from ast import literal_eval

# Marks an email as automatic (RFC 3834), and asks Exchange not to answer it with an absence notice; delivery
# reports are still wanted.
AUTOMATIC_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}


def add_headers(text, headers):
    """Add headers to those of a ``mail.mail``, a dictionary as text or empty, and return them."""
    return repr({**headers, **_read(text)})


def _read(text):
    try:
        found = literal_eval(text or "{}")
    except (ValueError, SyntaxError):  # Odoo ignores invalid ones too when sending
        return {}
    return found if isinstance(found, dict) else {}
