"""Texts of the log with several readers: stored in all languages, so that each user reads their own."""

from textwrap import shorten

from psycopg2.errors import QueryCanceled

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.translate import LazyTranslate

from ..engine import expression
from ..engine.working_time import NoWorkingTimeError
from .isolation import describe, isolated, make_storable

_lt = LazyTranslate(__name__)

LENGTH = 300  # maximum length of an error within another message
FALLBACK = "en_US"  # language Odoo shows if a translation is missing

# Errors of Odoo and libraries for which we have texts.
KNOWN = (
    (PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, _lt("Another operation was changing the same records each time.")),
    (QueryCanceled, _lt("The database took too long to answer.")),
    (NoWorkingTimeError, _lt("There is no working time in the coming years.")),
)

# Why an expression is refused: the conditions of a rule or step, as written.
REFUSED = {
    expression.TOO_LONG: _lt("it is longer than %(part)s characters"),
    expression.TOO_DEEP: _lt("it has too many levels"),
    expression.MALFORMED: _lt("it is not a valid expression: %(part)s"),
    expression.FORBIDDEN: _lt("“%(part)s” is not allowed"),
    expression.NOT_LITERAL: _lt("write out its conditions: “%(part)s” can change with time"),
    expression.NO_CONDITION: _lt("write out the field and the operator of each condition: “%(part)s”"),
    expression.NO_OPERATOR: _lt("“%(part)s” is not an operator"),
    expression.NOT_CONSTANT: _lt("“%(part)s” can change with time"),
}


class Worded(UserError):
    """An error whose text can be rendered again in another language than the current user's.

    :param str message: the text for the current user
    :param tell: function of a language, returns the text for the log
    """

    def __init__(self, message, tell):
        super().__init__(message)
        self.tell = tell

    @classmethod
    def of(cls, records, ask):
        """Return an error with the same content in all languages.

        :param ask: function of these records, in the context of a language, that returns the text
        """
        return cls(ask(records), lambda lang: ask(records.with_context(lang=lang)))


# The web client and callers of the external API go by its name: another one is shown as a crash, with a traceback.
Worded.__module__, Worded.__name__, Worded.__qualname__ = UserError.__module__, UserError.__name__, UserError.__name__


def in_each_language(records, tell):
    """Return ``{language: text}`` of all installed languages, and the fallback.

    :param tell: function of these records, in the context of a language, that returns the text
    """
    languages = {FALLBACK, *(code for code, _name in records.env["res.lang"].get_installed())}
    return {lang: make_storable(tell(records.with_context(lang=lang))) for lang in sorted(languages)}


def read_in_each_language(records, fname):
    """Read a translated field of records in all languages with one query."""
    records.with_context(prefetch_langs=True).fetch([fname])


def pick(texts, lang):
    """Return the text of :func:`in_each_language` in a language; a plain string is the same in all."""
    return texts if isinstance(texts, str) else texts.get(lang) or texts[FALLBACK]


def tell_known(env, error):
    """Return the text of an error in the context's language, None if we have no text for it."""
    if isinstance(error, expression.ExpressionError):
        return env._(REFUSED[error.problem]) % {"part": error.part}  # pylint: disable=translation-not-lazy
    known = next((term for kinds, term in KNOWN if isinstance(error, kinds)), None)
    return known and env._(known)


def tell_shortly(env, error):
    """Return an error for a message that explains the rest, in the context's language."""
    return shorten(tell_known(env, error) or str(error), LENGTH)


def name_error(env, error):
    """Return ``{language: error text}``; errors for which we have no text are the same in each."""
    own, spoken = describe(error), env["res.lang"]
    if isinstance(error, Worded):
        # It may refer to records that were rolled back.
        with isolated(env.cr.savepoint(flush=False), "Saying an error again", lambda _error: None):
            return in_each_language(spoken, lambda told: error.tell(told.env.lang) or own)
    return in_each_language(spoken, lambda told: tell_known(told.env, error) or own)
