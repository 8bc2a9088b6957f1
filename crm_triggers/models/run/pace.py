from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import states
from ...engine.frequency import held_back, take_places

PERSON = ("email", "partner_id")  # columns of a run that identify the person it counts for


class CrmTriggerRun(models.Model):
    """Holds a run back if its record or contact had another one too recently.

    A run held back is logged with the reason and not started later. Two transactions that cannot see each other's
    runs take the same position in the rule's queue: the unique key makes the second one restart, and count the
    first.
    """

    _inherit = "crm.trigger.run"

    pace_key = fields.Char(
        "Place", readonly=True, help="The position in the queue of its record or contact, for a rule with limits."
    )

    email = fields.Char(
        "Address",
        readonly=True,
        groups="base.group_system",
        help="The email address of the contact, used to count limits.",
    )

    _address = models.Index("(rule_id, email) WHERE email IS NOT NULL")

    @api.model
    def _get_email(self, record, partner):
        """Return the normalized email of the person behind a record, None without one: contacts with the same
        address count as one person, and so do records without a contact.
        """
        named = partner or record
        return ("email_normalized" in named and named.email_normalized) or None

    @api.model
    def _hold_back(self, rule, rows):
        """Give the rows of new runs their position, or the reason why they are held back.

        :param rule: one ``crm.trigger.rule``
        :param list rows: column values of runs, in order of entry
        :return: the rows that are new
        """
        pace = rule._get_pace()
        if not pace or not rows:
            return rows
        rows = self._leave_out_known(rule, rows)
        entrants = {row["res_id"]: self._get_counted(pace, row) for row in rows}
        resting, used, last = self._get_pace_so_far(rule, pace, rows)
        reasons = held_back(entrants, limit=pace.limit, resting=resting, used=used)
        places = take_places(entrants, reasons)
        for row in rows:
            counted, place = entrants[row["res_id"]], places.get(row["res_id"])
            row["stop_reason"] = reasons.get(row["res_id"])
            row["pace_key"] = None if place is None else f"{counted}>{last.get(counted, 0)}+{place}"
        return rows

    @api.model
    def _leave_out_known(self, rule, rows):
        """Remove the events that already have a run: they take no position."""
        domain = [("rule_id", "=", rule.id), ("res_id", "in", [row["res_id"] for row in rows])]
        known = {(run.res_id, run.occurrence) for run in self.search_fetch(domain, ["res_id", "occurrence"])}
        return [row for row in rows if (row["res_id"], row["occurrence"]) not in known]

    @api.model
    def _get_counted(self, pace, row):
        """Return what a run counts for: under a limit the person, by email or else contact; otherwise its record."""
        if pace.limit and row["email"]:
            return f"person {row['email']}"
        return f"contact {row['partner_id']}" if pace.limit and row["partner_id"] else f"record {row['res_id']}"

    @api.model
    def _get_rest_end(self, rule, pace, record, now):
        """Return the end (naive UTC) of a record's minimum interval, None if it has passed."""
        domain = [("rule_id", "=", rule.id), ("res_id", "=", record.id), ("started_at", ">", pace.resting_since(now))]
        domain += rule._get_counting_domain()
        acted = self.search(domain, order="started_at desc").filtered(lambda run: run._has_acted())[:1]
        return pace.rested_at(acted.started_at) if acted else None

    @api.model
    def _get_limit_end(self, rule, pace, record, now):
        """Return when (naive UTC) the limit allows another run of the record's contact, None if it does now."""
        domain = Domain("rule_id", "=", rule.id) & Domain("started_at", ">=", pace.counted_since(now))
        domain &= Domain(rule._get_counting_domain()) & self._get_same_person(record.sudo())
        acted = self.search(domain, order="started_at desc").filtered(lambda run: run._has_acted())
        return pace.leaves_at(acted[pace.limit - 1].started_at) if len(acted) >= pace.limit else None

    @api.model
    def _get_same_person(self, record):
        """Return the domain of the runs that count for the person behind a record."""
        partner = self._get_partner(record)
        whose = Domain("partner_id", "=", partner.id) if partner else Domain("res_id", "=", record.id)
        email = self._get_email(record, partner)
        return whose | Domain("email", "=", email) if email else whose

    def _has_acted(self):
        """Return whether a run counts, as in :meth:`_get_pace_so_far`."""
        trying = self.rule_id.state == states.TEST
        return self.state == states.RUNNING or any(
            line.state == states.DONE or line.done_part or (trying and line.skip_reason == states.SKIP_TEST)
            for line in self.execution_ids
        )

    @api.model
    def _get_pace_so_far(self, rule, pace, rows):
        """Return the records within their minimum interval, the number of runs per person or record, and the last
        run of each.

        A run counts while in progress, and permanently once one of its steps was done. Runs stopped before that and
        test runs do not hold the next one back. One query.

        :return: ``({record id}, {counted: runs in the period}, {counted: id of its last run})``
        """
        now = fields.Datetime.now()
        done = SQL("e.state = %s OR e.done_part IS NOT NULL", states.DONE)
        if rule.state == states.TEST:
            done = SQL("%s OR e.skip_reason = %s", done, states.SKIP_TEST)
        acted = SQL(
            "%s AND (run.state = %s OR EXISTS (SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id AND (%s)))",
            rule._sql_counts(),
            states.RUNNING,
            done,
        )
        found = self.env.execute_query(
            SQL(
                "SELECT run.res_id, run.partner_id, run.email, max(run.id),"
                " coalesce(bool_or(%(acted)s) FILTER (WHERE run.started_at > %(resting)s), false),"
                " count(*) FILTER (WHERE run.started_at >= %(counted)s AND (%(acted)s))"
                " FROM crm_trigger_run run WHERE run.rule_id = %(rule)s AND (run.res_id IN %(records)s"
                " OR run.partner_id IN %(partners)s OR run.email IN %(emails)s) GROUP BY 1, 2, 3",
                acted=acted,
                resting=pace.resting_since(now),
                counted=pace.counted_since(now),
                rule=rule.id,
                records=tuple(row["res_id"] for row in rows) or (0,),
                partners=tuple(row["partner_id"] for row in rows if pace.limit and row["partner_id"]) or (0,),
                emails=tuple(row["email"] for row in rows if pace.limit and row["email"]) or ("",),
            )
        )
        entering = {row["res_id"] for row in rows}
        persons = self._get_persons(pace, rows)
        resting, used, last = set(), Counter(), Counter()
        for res_id, partner_id, email, run_id, rests, count in found:
            resting |= {res_id} if rests and res_id in entering else set()
            past = {"res_id": res_id, "partner_id": partner_id, "email": email}
            own = self._get_counted(pace, past)
            for counted in {own, *(persons[name, past[name]] for name in PERSON if (name, past[name]) in persons)}:
                used[counted] += count
                last[counted] = max(last[counted], run_id)
        return resting, used, last

    @api.model
    def _get_persons(self, pace, rows):
        """Return ``{(column, value): what it counts for}`` of the persons behind new runs: an address not known
        before belongs to the contact that had it then.
        """
        return {
            (name, row[name]): self._get_counted(pace, row)
            for row in rows
            for name in PERSON
            if pace.limit and row[name]
        }
