"""Runs work after the response to a request is sent, so that nobody waits for it.

All servers of Odoo (threads, processes, gevent) close a response after sending its last byte, as WSGI specifies, in
the thread or process that served it. The request is over by then, but its URL is still noted on the thread.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import current_thread
from weakref import WeakKeyDictionary

from odoo.http import Request, request
from odoo.sql_db import BaseCursor

# By request: ``{(function, database, arguments): items}``. A request is included only if its response is
# intercepted too.
_WAITING: WeakKeyDictionary[Request, dict[tuple, list]] = WeakKeyDictionary()


def after_response(cr: BaseCursor, function: Callable, items: Iterable, *args) -> None:
    """Call ``function(database, items, *args)``: after the response if this cursor, which has just committed,
    belongs to a request, otherwise immediately.

    Work from several commits of a request is done together. It is lost if the process dies, so it must be work that
    a scheduled action also catches up.

    :param args: hashable
    """
    waiting = _WAITING.get(request._get_current_object()) if request else None
    if waiting is None or not request.env or request.env.cr is not cr:
        function(cr.dbname, list(items), *args)
    else:
        waiting.setdefault((function, cr.dbname, *args), []).extend(items)


def expect_response() -> None:
    """Postpone the work of this request until its response, which is passed to :func:`begin_after`."""
    _WAITING.setdefault(request._get_current_object(), {})


def begin_after(response: object) -> None:
    """Start the postponed work of this request, and what it still adds, after its response is sent.

    :param response: of werkzeug or Odoo; for an error without a response nothing is postponed
    """
    waiting = _WAITING.get(request._get_current_object())
    if waiting is None:
        return
    if hasattr(response, "call_on_close"):
        response.call_on_close(partial(_begin, waiting))
    else:
        _begin(waiting)


def _begin(waiting: dict[tuple, list]) -> None:
    with _without_url():
        while waiting:
            (function, dbname, *args), items = waiting.popitem()
            function(dbname, items, *args)


@contextmanager
def _without_url() -> Iterator[None]:
    """Hide the URL of the request, as in a scheduled action: without a request, Odoo's website takes it for a domain,
    and raises an error if it is long, as of a quotation with its access token.
    """
    thread = current_thread()
    url = getattr(thread, "url", "")
    thread.url = ""
    try:
        yield
    finally:
        thread.url = url
