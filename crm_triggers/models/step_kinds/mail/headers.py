from ast import literal_eval

# What says that nobody wrote an email (RFC 3834), and asks Exchange not to answer it with an absence notice; the
# reports of mail that comes back are welcome.
AUTOMATIC_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}


def add_headers(text, headers):
    """Return the headers of a ``mail.mail``, a dictionary as text or none yet, with more of them."""
    return repr({**headers, **_read(text)})


def _read(text):
    try:
        found = literal_eval(text or "{}")
    except (ValueError, SyntaxError):  # Odoo ignores them as well when it sends
        return {}
    return found if isinstance(found, dict) else {}
