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
from ..isolation import in_turn, isolated

_logger = logging.getLogger(__name__)

WORKER, CLOCK = "crm_triggers.ir_cron_execute", "crm_triggers.ir_cron_sweep"
PATIENCE = timedelta(minutes=15)  # how late a scheduled action that runs every few minutes may be
FAILURES = 3  # consecutive failures after which a running scheduled action counts as stopped
AGAIN = timedelta(days=1)  # after which the same problem is notified again
LOG_SECONDS = 600.0  # minimum time between two warnings of one process
PASSING_SECONDS = 60.0  # minimum time between two checks by saves of one process

# Time of this process's last warning (``monotonic``), by database.
_WARNED: dict[str, float] = {}
_ASKED: dict[str, float] = {}  # time of the last check by a save, likewise


class Standstill(NamedTuple):
    """Something that no longer runs automatically: the scheduled action, the consequence, the cause and the remedy."""

    key: str
    text: str
    cure: str
    rule_ids: frozenset | None = None  # the rules that depend on it; None: see _get_standstills_of

    def tell(self):
        """Return it as a complete text."""
        return f"{self.text[:1].upper()}{self.text[1:]}. {self.cure}"


class CrmTriggerRule(models.Model):
    """Whether the work of rules is carried out at all: the single check for all users of it.

    Odoo disables a failing scheduled action, an administrator may, a server may run none. Then rules look live and
    do nothing, or only what they do right after a save.
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
        """Return what is not running, as a list of :class:`Standstill`; empty if all is well."""
        words = {
            WORKER: self.env._("due steps are not carried out"),
            CLOCK: self.env._("due dates and changes over time are not checked"),
        }
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        ids = {xmlid: get_id(xmlid, raise_if_not_found=False) for xmlid in words}
        crons = self.env["ir.cron"].sudo().with_context(active_test=False)  # whether they run is not confidential
        there = crons.search_fetch(
            [("id", "in", list(ids.values()))], ["active", "nextcall", "lastcall", "failure_count"]
        )
        cures = {xmlid: self._get_standstill_cure(there & there.browse(ids[xmlid] or ())) for xmlid in words}
        return [Standstill(xmlid, words[xmlid], cure) for xmlid, cure in cures.items() if cure]

    def _get_standstills_of(self, standstills):
        """Return those that concern this rule: each rule needs the worker, not all need the clock."""
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
        """Return why a scheduled action does not run and the remedy, as text; None if it runs."""
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
        """Return whether a scheduled action is long due and no worker is running it."""
        since = fields.Datetime.now() - PATIENCE
        if cron.nextcall >= since:
            return False
        query = SQL("SELECT FROM ir_cron_progress WHERE cron_id = %s AND create_date >= %s LIMIT 1", cron.id, since)
        return not self.env.execute_query(query)

    @api.model
    def _follow_standstill(self):
        """Record what is not running, notify owners, and delete the activities once all runs; for scheduled actions."""
        with in_turn(self.env.cr, "Looking at what does not run"):
            found = self._get_standstills()
            self._note_lateness(found)
            self._settle_standstill(found)
            self._tell_owners(found)

    @api.autovacuum
    def _tell_of_standstill(self):
        """Create one activity for each owner of active rules if something is not running; called by Odoo's daily
        vacuum, and on activating a rule.
        """
        with isolated(self.env.cr.savepoint(), "Telling of what does not run", pass_on=()):
            self._tell_owners(self._get_standstills())

    @api.model
    def _tell_in_passing(self):
        """Notify after a save, once a minute per process: if no scheduled action is left, only saves run anything."""
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
        """Hook: record since when problems last, of those that :meth:`_get_standstills` found."""

    @api.model
    def _get_lasting(self, found):
        """Return the problems to notify owners of, out of those found: short ones are left out."""
        return found

    @api.model
    def _warn_of_standstill(self, found):
        """Warn in the server log, every ten minutes."""
        dbname = self.env.cr.dbname
        if found and monotonic() >= _WARNED.get(dbname, -inf) + LOG_SECONDS:
            _WARNED[dbname] = monotonic()
            _logger.warning("Triggers: %s", " ".join(one.tell() for one in found))
        elif not found:
            _WARNED.pop(dbname, None)

    @api.model
    def _settle_standstill(self, found):
        """Delete the activities about it once everything runs."""
        if not found:
            self._search_told_of_standstill().unlink()

    def _take_the_word(self):
        """Return whether no other process is notifying at this moment."""
        return self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", WORKER))[0][0]

    def _tell_owner_of_standstill(self, owner):
        """Create one activity for the owner of these rules, on the first rule concerned, or update the existing
        one.
        """
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
        """Return the activities about it: open ones, and those created since then."""
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
