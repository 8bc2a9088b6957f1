import logging
from datetime import timedelta
from math import inf
from time import monotonic
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, config, html2plaintext
from odoo.tools.misc import format_datetime

from ...engine import states
from ..isolation import isolated

_logger = logging.getLogger(__name__)

WORKER, CLOCK = "crm_triggers.ir_cron_execute", "crm_triggers.ir_cron_sweep"
PATIENCE = timedelta(minutes=15)  # how late a scheduled action may be that comes every few minutes
FAILURES = 3  # in a row, after which a scheduled action that runs does nothing all the same
AGAIN = timedelta(days=1)  # after which somebody is told again of what still stands still
LOG_SECONDS = 600.0  # between two warnings of one process
PASSING_SECONDS = 60.0  # between two looks that saves of one process take at it

# When this process warned last (``monotonic``), by database.
_WARNED: dict[str, float] = {}
_ASKED: dict[str, float] = {}  # the same of when a save looked last


class Standstill(NamedTuple):
    """What no longer runs by itself: which scheduled action, what comes of it, why and what to do."""

    key: str
    text: str
    cure: str
    rule_ids: frozenset | None = None  # the rules that wait for it; None: see _get_standstills_of

    def tell(self):
        """Return it as a text of its own."""
        return f"{self.text[:1].upper()}{self.text[1:]}. {self.cure}"


class CrmTriggerRule(models.Model):
    """Whether what rules have due is carried out at all: one answer, for all who ask.

    Odoo switches a scheduled action off that fails, an administrator may, a server may run none. Then
    rules look live and do nothing, or only what they do right after a save.
    """

    _inherit = "crm.trigger.rule"

    standstill = fields.Text(
        "What is not running", compute="_compute_standstill", help="Why the rule is not running, and the solution."
    )

    @api.depends("state", "active", "trigger")
    @api.depends_context("lang", "tz")
    def _compute_standstill(self):
        found = self._get_standstills()
        for rule in self:
            watching = rule.active and rule.state in states.ACTIVE
            rule.standstill = "\n".join(one.tell() for one in rule._get_standstills_of(found) if watching)

    @api.model
    def _get_standstills(self):
        """Return what does not run by itself now, as a list of :class:`Standstill`; empty if all is well."""
        words = {
            WORKER: self.env._("due steps are not carried out"),
            CLOCK: self.env._("due dates and changes over time are not checked"),
        }
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        ids = {xmlid: get_id(xmlid, raise_if_not_found=False) for xmlid in words}
        crons = self.env["ir.cron"].sudo().with_context(active_test=False)  # whether they run is no secret
        there = crons.search_fetch(
            [("id", "in", list(ids.values()))], ["active", "nextcall", "lastcall", "failure_count"]
        )
        cures = {xmlid: self._get_standstill_cure(there & there.browse(ids[xmlid] or ())) for xmlid in words}
        return [Standstill(xmlid, words[xmlid], cure) for xmlid, cure in cures.items() if cure]

    def _get_standstills_of(self, standstills):
        """Return those of them that concern this rule: each needs the worker, not all need the clock."""
        if not standstills:
            return []
        needs_clock = any(rule for rule, _sweep in self.sudo()._get_sweeps())
        return [
            one
            for one in standstills
            if (one.rule_ids is None and (one.key == WORKER or needs_clock)) or self.id in (one.rule_ids or ())
        ]

    @api.model
    def _get_standstill_cure(self, cron):
        """Return why a scheduled action does not run and what to do, in words; None if it runs."""
        if not cron:
            return self.env._("Its scheduled action was deleted: ask an administrator to update the app.")
        if not cron.active:
            return self.env._(
                "The scheduled action “%s” is inactive, deactivated by a user or by Odoo after several "
                "failures: ask an administrator to activate it again.",
                cron.name,
            )
        if cron.failure_count >= FAILURES:
            return self.env._(
                "The scheduled action “%(name)s” failed %(count)s times in a row: ask an administrator to read the "
                "log of the server.",
                name=cron.name,
                count=cron.failure_count,
            )
        if not self._is_late_job(cron):
            return None
        words = {
            "name": cron.name,
            "when": format_datetime(self.env, cron.lastcall or cron.nextcall, tz=self.env.user.tz),
        }
        if config["max_cron_threads"] == 0:
            return self.env._(
                "The scheduled action “%(name)s” has not run since %(when)s, and this server runs none: ask an "
                "administrator to set max_cron_threads to 1 or more.",
                **words,
            )
        return self.env._(
            "The scheduled action “%(name)s” has not run since %(when)s: ask an administrator whether scheduled "
            "actions run on the server.",
            **words,
        )

    def _is_late_job(self, cron):
        """Tell whether a scheduled action is long due and no worker is at it."""
        since = fields.Datetime.now() - PATIENCE
        if cron.nextcall >= since:
            return False
        query = SQL("SELECT FROM ir_cron_progress WHERE cron_id = %s AND create_date >= %s LIMIT 1", cron.id, since)
        return not self.env.execute_query(query)

    @api.model
    def _follow_standstill(self):
        """Note what does not run, tell of it, and take back what was told once all runs; for a scheduled action."""
        with isolated(self.env.cr.savepoint(), "Looking at what does not run", pass_on=()):
            found = self._get_standstills()
            self._note_lateness(found)
            self._settle_standstill(found)
            self._tell_owners(found)

    @api.autovacuum
    def _tell_of_standstill(self):
        """Leave each owner of active rules one activity if something does not run; by Odoo's own scheduled action
        of each day, or who switches a rule on."""
        with isolated(self.env.cr.savepoint(), "Telling of what does not run", pass_on=()):
            self._tell_owners(self._get_standstills())

    @api.model
    def _tell_in_passing(self):
        """Do so after a save, once a minute in each process: with no scheduled action left, only saves do."""
        dbname, now = self.env.cr.dbname, monotonic()
        if now >= _ASKED.get(dbname, -inf) + PASSING_SECONDS:
            _ASKED[dbname] = now
            self._tell_of_standstill()

    def _tell_owners(self, found):
        self._warn_of_standstill(found)
        if self._get_lasting(found) and self._take_the_word():
            rules = self.sudo().search([("state", "in", states.ACTIVE)])
            for owner, owned in rules.grouped(lambda rule: rule._get_alerted()).items():
                owned._tell_owner_of_standstill(owner)

    @api.model
    def _note_lateness(self, found):
        """Hook: note since when something is so, of what :meth:`_get_standstills` found."""

    @api.model
    def _get_lasting(self, found):
        """Return what owners are told of, of what was found: what is over in a moment is left out."""
        return found

    @api.model
    def _warn_of_standstill(self, found):
        """Say it in the log of the server, every ten minutes."""
        dbname = self.env.cr.dbname
        if found and monotonic() >= _WARNED.get(dbname, -inf) + LOG_SECONDS:
            _WARNED[dbname] = monotonic()
            _logger.warning("Triggers: %s", " ".join(one.tell() for one in found))
        elif not found:
            _WARNED.pop(dbname, None)

    @api.model
    def _settle_standstill(self, found):
        """Take the activities away that tell of it, once all runs."""
        if not found:
            self._search_told_of_standstill().unlink()

    def _take_the_word(self):
        """Tell whether nobody else is telling at this moment."""
        return self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", WORKER))[0][0]

    def _tell_owner_of_standstill(self, owner):
        """Leave the owner of these rules one activity, on the first that is concerned; write into it what is new."""
        rules = self.with_context(lang=owner.lang, tz=owner.tz)
        standstills = rules._get_lasting(rules._get_standstills())
        concerned = rules.filtered(lambda rule: rule._get_standstills_of(standstills))
        told = self._search_told_of_standstill(fields.Datetime.now() - AGAIN)
        told = told.filtered(lambda activity: activity.user_id == owner)
        note = Markup().join(Markup("<p>%s</p>") % one.tell() for one in standstills)
        if not told and concerned:
            todo, summary = "mail.mail_activity_data_todo", rules._get_standstill_title()
            concerned[0].activity_schedule(todo, summary=summary, note=note, user_id=owner.id, automated=True)
        for activity in told.filtered("active"):
            said = html2plaintext(activity.note or "")
            if any(one.text[1:] not in said for one in standstills):
                activity.note = note

    @api.model
    def _search_told_of_standstill(self, since=None):
        """Return the activities that tell of it: those still to be done, and those made since then."""
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        there = Domain("active", "=", True)
        if since:
            there |= Domain("create_date", ">=", since)
        found = activities.search(Domain("res_model", "=", self._name) & Domain("automated", "=", True) & there)
        titles = {
            lang: self.with_context(lang=lang)._get_standstill_title() for lang in set(found.user_id.mapped("lang"))
        }
        return found.filtered(lambda activity: activity.summary == titles.get(activity.user_id.lang))

    def _get_standstill_title(self):
        return self.env._("Rules are not running")
