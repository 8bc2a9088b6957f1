"""The English on screen: plain product English, like Odoo's; one spelling per term."""

import re
from collections.abc import Iterator

from .. import po
from .marks import plain
from .typography import BOTH, told
from .word import Word

_FORBIDDEN = (
    Word(r"\bare so already\b|\bwas so before\b", "write “already match” or “previous”"),
    Word(r"\b(un)?hear(d|s|ing)?\b(?! from you)|\bears?\b|\blisten(s|ing)?\b", "write “detect” or “track”"),
    Word(r"\bby heart\b|\bremember(s|ed)?\b", "write “cache” or “keep”"),
    Word(r"(?<!user )(?<!person )\bwho (saves?|saved|decides|answers first)\b", "name them: “the user who saved”"),
    Word(r"\b(to|for|from) who\b|\bwhoever\b|\bby whose\b", "name them: “the user”, “contacts with …”"),
    Word(r"\b(some|any)body\b|\b(what|that|whom) nobody\b|\bnobody whom\b", "write “someone”, “anyone”, or the role"),
    Word(r"\b(not|is|are) meant\b|\btaken in\b", "write “does not apply to” or “included”"),
    Word(r"\bmend(s|ed)?\b", "write “fix”"),
    Word(r"\bprolong(s|ed)?\b", "write “extend” or “renew”"),
    Word(r"\bat the most\b|\bthe most to\b", "write “at most” or “the maximum”"),
    Word(r"\bonce,? ever\b|\bper record, ever\b", "write “once per record”"),
    Word(r"\b(is|are) to be\b", "write “must be”, “will be” or “has to be”"),
    Word(r"\b(quotation|invoice|order)( x)? over\b|\border is over\b", "write “for” (an amount) or “of” (a share)"),
    Word(r"\b(he|him|his|she|her|hers|himself|herself)\b", "write “they”, or the noun again"),
    Word(r"\bone (says|knows|wants)\b|\bunless one\b", "write “you”"),
    Word(r"\b(what|stands?) (is )?in the way\b", "name the cause, or write “fix the cause”"),
    Word(r"\btells?\b|\btold\b", "write “notify”, “show” or “specify”", unless=r"\b(tell|told) us\b"),
    Word(r"\bremains? to be paid\b", "write “the outstanding balance” or “unpaid”"),
    Word(r"\bno more the\b", "write “no longer”"),
    Word(r"\b(went|goes|gone) with (an?|its|the) add-on\b", "write “was removed with its add-on”"),
    Word(r"\bgoes along\b", "write “is deleted too”"),
    Word(r"\bkinds? of records?\b", "write “type of record”", unless=r"^Specify which kind"),
    Word(r"\b(is|are) of (another|x|one)\b|\bis x's\b", "write “belongs to”"),
    Word(r"\bready rules?\b", "write “template”"),
)

_SPELLING = (
    Word(r"\be-mails?\b", "write “email”", unless=r"^Send an E-mail$"),
    Word(r"(?<!-)\bmails?\b", "write “email”", unless=r"\bmail (server|program)\b|^Outgoing Mails$|^Mail (Black|Rend)"),
    Word(r"\bfollowups?\b|\bfollow ups\b", "write “follow-up” (noun), “follow up” (verb)"),
    Word(r"\bset-ups?\b", "write “setup” (noun), “set up” (verb)"),
    Word(r"\btime-?zones?\b", "write “time zone”"),
    Word(r"\bcancel(ed|ing|ation)\b", "write “cancelled”, “cancelling”, “cancellation”"),
    Word(r"\binstallments?\b", "write “instalment”"),
    Word(r"\bdown payment invoices?\b", "write “down-payment invoice”"),
    Word(r"\b(a|the|your|our|this) quotes?\b", "write “quotation”"),
    Word(r"\bsales ?m[ae]n\b|\bsales (person|reps?)\b", "write “salesperson”"),
    Word(r"\bteam leads?\b", "write “team leader”"),
    Word(r"\bweb site\b", "write “website”"),
    Word(r"\bn[°º] ?\d|\bno\.\d|#\d", "write “no. 1”"),
    Word(r"\b(addons?|plug-?ins?)\b", "write “add-on”"),
)

WORDS = _FORBIDDEN + _SPELLING

_FAULTS = (
    *BOTH,
    (re.compile(r"\d[ \u00a0]%"), "no space before %"),
    (re.compile(r"[\u00a0 ][:;?!](?=\s|$)"), "no space before it"),
    (re.compile(r'"'), "write “…”"),
)


def typography(entry: po.Entry) -> Iterator[str]:
    """Yield the typographical errors of an English term."""
    yield from told(plain(entry.msgid), _FAULTS)
