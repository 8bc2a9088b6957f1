"""What begins once the answer to a request is on its way: nobody waits for it.

Every server of Odoo (threads, processes, gevent) closes a response after its last byte was sent, as the
WSGI says, and does so in the thread or process that served it: it is the end of the request, no longer of the answer.
"""

from collections.abc import Callable, Iterable
from functools import partial
from weakref import WeakKeyDictionary

from odoo.http import Request, request
from odoo.sql_db import BaseCursor

# By request: ``{(function, database, arguments): items}``. A request is here only if its answer is met, too.
_WAITING: WeakKeyDictionary[Request, dict[tuple, list]] = WeakKeyDictionary()


def after_response(cr: BaseCursor, function: Callable, items: Iterable, *args) -> None:
    """Call ``function(database, items, *args)``: once the answer is on its way if this cursor, which has
    just committed, is the one of a request, otherwise at once.

    What a request hands over in several commits is done together. Lost with the process, it has to be
    something that others make up for.
    """
    waiting = _WAITING.get(request._get_current_object()) if request else None
    if waiting is None or not request.env or request.env.cr is not cr:
        function(cr.dbname, list(items), *args)
    else:
        waiting.setdefault((function, cr.dbname, *args), []).extend(items)


def expect_response() -> None:
    """Have what this request hands over wait for its answer, which will be given to :func:`begin_after`."""
    _WAITING.setdefault(request._get_current_object(), {})


def begin_after(response: object) -> None:
    """Have what waits, and what this request still hands over, begin when its answer was sent.

    :param response: of werkzeug or of Odoo; an error without one yet is nothing to wait for
    """
    waiting = _WAITING.get(request._get_current_object())
    if waiting is None:
        return
    if hasattr(response, "call_on_close"):
        response.call_on_close(partial(_begin, waiting))
    else:
        _begin(waiting)


def _begin(waiting: dict[tuple, list]) -> None:
    while waiting:
        (function, dbname, *args), items = waiting.popitem()
        function(dbname, items, *args)
