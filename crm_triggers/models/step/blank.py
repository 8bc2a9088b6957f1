"""Whether a text is empty. Independent of Odoo."""

from lxml import html

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u034f\u200b\u200c\u200d\u2060\ufeff"))  # hidden preview text
_SEEN = "//img | //video | //audio | //iframe | //svg | //object | //input"
_WORDS = "//text()[not(ancestor::style or ancestor::script or ancestor::title)]"


def is_blank(text: str | None) -> bool:
    """Return whether a plain text, or a line, is empty or only whitespace."""
    return not (text or "").translate(_INVISIBLE).strip()


def is_blank_html(body: str | None) -> bool:
    """Return whether this HTML shows neither text nor a picture, whatever tables it is laid out with."""
    if is_blank(body):
        return True
    tree = html.document_fromstring(f"<html><body><div>{body}</div></body></html>")
    return is_blank("".join(tree.xpath(_WORDS))) and not tree.xpath(_SEEN)
