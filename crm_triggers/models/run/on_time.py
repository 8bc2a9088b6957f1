from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ...engine import states
from ..rule.standstill import CLOCK, PATIENCE, WORKER, Standstill

LATE = "late"
RECENTLY = timedelta(days=1)  # how long a failure is reported


class CrmTriggerRule(models.Model):
    """Whether the due work of rules is done in time: one answer, for users and for monitoring."""

    _inherit = "crm.trigger.rule"

    @api.model
    def get_health(self):
        """Return whether rules work as they should, for monitoring (from the external API) and for the screen.

        :return: ``{"ok": bool, "status": "ok", "failing", "late" or "stopped", whichever is worst, "problems": texts
        in the user's language, "due": waiting steps, "oldest_due": when the first of them was due,
            or False, "late_seconds": how long ago that is, "failing_rules": [{"id", "name", "errors": given up within
        a day, "retries": waiting for a retry}] the user may read, "worker", "clock": the scheduled actions,
        {"active", "last_run" or False, "failures": consecutive}}``; datetimes as Odoo's strings in UTC
        :raises AccessError: the user may not read rules
        """
        self.browse().check_access("read")
        waiting = self.env["crm.trigger.execution"].sudo()._get_waiting()  # how many steps wait is not confidential
        failing, standstills = self._get_failing(), self._get_standstills()
        problems, keys = self._get_health_problems(standstills, failing), [one.key for one in standstills]
        late = fields.Datetime.now() - waiting.since if waiting.since else timedelta()
        stopped = any(key != LATE for key in keys)
        return {
            "ok": not problems,
            "status": "stopped" if stopped else "late" if LATE in keys else "failing" if problems else "ok",
            "problems": problems,
            "due": waiting.count,
            "oldest_due": fields.Datetime.to_string(waiting.since) if waiting.since else False,
            "late_seconds": int(late.total_seconds()),
            "failing_rules": failing,
            "worker": self._get_cron_health(WORKER),
            "clock": self._get_cron_health(CLOCK),
        }

    @api.model
    def _get_health_problems(self, standstills, failing):
        """Return all problems, as texts with the remedy; the worst first.

        Override to add those of another way to run due steps.

        :param list standstills: as of :meth:`_get_standstills`
        :param list failing: rules, as of :meth:`get_health`
        """
        problems = [one.tell() for one in standstills]
        if failing:
            names = ", ".join(self.env._("“%s”", rule["name"]) for rule in failing)
            problems.append(self.env._("Steps of these rules fail: %s. See their log, and try again.", names))
        return problems

    @api.model
    def _get_failing(self):
        """Return the rules with recent failures, as of :meth:`get_health`; only those the user may read."""
        now = fields.Datetime.now()
        query = SQL(
            "SELECT rule_id, sum(errors)::int, sum(retries)::int FROM ("
            "SELECT rule_id, count(*) AS errors, 0 AS retries FROM crm_trigger_execution"
            " WHERE state = %s AND scheduled_at >= %s GROUP BY rule_id UNION ALL"
            " SELECT rule_id, 0, count(*) FROM crm_trigger_execution"
            " WHERE state = %s AND attempts > 0 AND scheduled_at <= %s GROUP BY rule_id) AS failed GROUP BY rule_id",
            states.ERROR,
            now - RECENTLY,
            states.SCHEDULED,
            now + RECENTLY,
        )
        self.env["crm.trigger.execution"].flush_model(["state", "scheduled_at", "attempts"])
        found = {rule_id: counts for rule_id, *counts in self.env.execute_query(query)}
        rules = self.search([("id", "in", list(found)), ("state", "!=", states.DRAFT)])
        counts = {rule: found[rule.id] for rule in rules}
        return [
            {"id": rule.id, "name": rule.name, "errors": errors, "retries": retries}
            for rule, (errors, retries) in counts.items()
        ]

    @api.model
    def _get_cron_health(self, xmlid):
        """Return when a scheduled action last ran, and whether it succeeded, as of :meth:`get_health`."""
        cron = self.env.ref(xmlid, raise_if_not_found=False)
        if not cron:
            return {"active": False, "last_run": False, "failures": 0}
        cron = cron.sudo()  # whether it runs is not confidential
        query = SQL("SELECT max(create_date) FROM ir_cron_progress WHERE cron_id = %s", cron.id)
        runs = [moment for moment in (cron.lastcall, self.env.execute_query(query)[0][0]) if moment]
        last_run = fields.Datetime.to_string(max(runs).replace(microsecond=0)) if runs else False
        return {"active": cron.active, "last_run": last_run, "failures": cron.failure_count}

    @api.model
    def _get_standstills(self):
        """Also return that steps are late, if the worker runs without doing them."""
        found = super()._get_standstills()
        if not any(one.key == WORKER for one in found):
            found += self._get_lateness()
        return found

    @api.model
    def _get_lateness(self):
        """Return that steps are late, as a list with one :class:`Standstill` or none."""
        waiting = self.env["crm.trigger.execution"].sudo()._get_waiting(PATIENCE)
        if not waiting.count:
            return []
        when = format_datetime(self.env, waiting.since, tz=self.env.user.tz)
        text = self.env._(
            "steps have been late since %(when)s (waiting: %(count)s)",
            count=waiting.count,
            when=when,
        )
        cure = self.env._("Ask an administrator whether the server is busy, and to read its log.")
        return [Standstill(LATE, text, cure, waiting.rule_ids)]

    @api.model
    def _get_lasting(self, found):
        """Leave out lateness while a worker may still be catching up."""
        lasting = super()._get_lasting(found)
        if not any(one.key == LATE for one in lasting):
            return lasting
        since = self.env["crm.trigger.turn"]._get_since(LATE)
        lasts = since and since <= fields.Datetime.now() - PATIENCE
        return [one for one in lasting if one.key != LATE or lasts]

    @api.model
    def _note_lateness(self, found):
        """Record since when steps are late, or that they no longer are."""
        self.env["crm.trigger.turn"]._note_since(LATE, any(one.key == LATE for one in found))
        return super()._note_lateness(found)
