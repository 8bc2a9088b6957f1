from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states
from ...engine.frequency import held_back


class CrmTriggerRun(models.Model):
    """Holding a run back because its record or its contact had one too short a time ago.

    What is held back is noted with the reason and not made up for. Two transactions that
    cannot see one another's runs take the same place in the rule's queue: the unique key
    makes the second one begin again, and count the first.
    """

    _inherit = "crm.trigger.run"

    pace_key = fields.Char(
        "Place", readonly=True, help="The place in the queue of its record or contact, under a rule with limits."
    )

    @api.model
    def _hold_back(self, rule, rows):
        """Give the rows of new runs their place, or the reason why they are held back.

        :param rule: one ``crm.trigger.rule``
        :param list rows: column values of runs, in the order in which they enter
        :return: the rows that are new
        """
        pace = rule._get_pace()
        if not pace or not rows:
            return rows
        rows = self._leave_out_known(rule, rows)
        entrants = {row["res_id"]: self._get_counted(pace, row) for row in rows}
        resting, used, last = self._get_pace_so_far(rule, pace, rows)
        reasons = held_back(entrants, limit=pace.limit, resting=resting, used=used)
        for place, row in enumerate(rows):
            counted = entrants[row["res_id"]]
            row["stop_reason"] = reasons.get(row["res_id"])
            row["pace_key"] = None if row["stop_reason"] else f"{counted}>{last.get(counted, 0)}+{place}"
        return rows

    @api.model
    def _leave_out_known(self, rule, rows):
        """Drop the happenings that have their run already: they take nobody's room."""
        domain = [("rule_id", "=", rule.id), ("res_id", "in", [row["res_id"] for row in rows])]
        known = {(run.res_id, run.occurrence) for run in self.search_fetch(domain, ["res_id", "occurrence"])}
        return [row for row in rows if (row["res_id"], row["occurrence"]) not in known]

    @api.model
    def _get_counted(self, pace, row):
        """Return whom a run counts for: its contact under a limit, else its record."""
        partner_id = pace.limit and row["partner_id"]
        return f"contact {partner_id}" if partner_id else f"record {row['res_id']}"

    @api.model
    def _get_rest_end(self, rule, pace, record, now):
        """Return until when (naive UTC) a record rests, None if it does not."""
        domain = [("rule_id", "=", rule.id), ("res_id", "=", record.id), ("started_at", ">", pace.resting_since(now))]
        acted = self.search(domain, order="started_at desc").filtered(lambda run: run._has_acted())[:1]
        return pace.rested_at(acted.started_at) if acted else None

    @api.model
    def _get_limit_end(self, rule, pace, record, now):
        """Return when (naive UTC) there is room for another run of the record's contact, None
        if there is now."""
        partner = self._get_partner(record.sudo())
        whose = [("partner_id", "=", partner.id)] if partner else [("res_id", "=", record.id)]
        domain = [("rule_id", "=", rule.id), *whose, ("started_at", ">=", pace.counted_since(now))]
        acted = self.search(domain, order="started_at desc").filtered(lambda run: run._has_acted())
        return pace.leaves_at(acted[pace.limit - 1].started_at) if len(acted) >= pace.limit else None

    def _has_acted(self):
        """Tell whether a run counts, as in :meth:`_get_pace_so_far`."""
        return self.state == states.RUNNING or any(
            line.state == states.DONE or line.skip_reason == states.SKIP_TEST for line in self.execution_ids
        )

    @api.model
    def _get_pace_so_far(self, rule, pace, rows):
        """Return the records that rest, how often each counted one ran, and its last run.

        A run counts while it goes on, and for good once a step of it was done: what was
        stopped in time is no reason to hold the next one back. One query.

        :return: ``({record id}, {counted: runs in the period}, {counted: id of its last run})``
        """
        now = fields.Datetime.now()
        done = SQL("e.state = %s OR e.skip_reason = %s", states.DONE, states.SKIP_TEST)
        acted = SQL(
            "run.state = %s OR EXISTS (SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id AND (%s))",
            states.RUNNING,
            done,
        )
        found = self.env.execute_query(
            SQL(
                "SELECT run.res_id, run.partner_id, max(run.id),"
                " coalesce(bool_or(%(acted)s) FILTER (WHERE run.started_at > %(resting)s), false),"
                " count(*) FILTER (WHERE run.started_at >= %(counted)s AND (%(acted)s))"
                " FROM crm_trigger_run run WHERE run.rule_id = %(rule)s"
                " AND (run.res_id IN %(records)s OR run.partner_id IN %(partners)s) GROUP BY 1, 2",
                acted=acted,
                resting=pace.resting_since(now),
                counted=pace.counted_since(now),
                rule=rule.id,
                records=tuple(row["res_id"] for row in rows) or (0,),
                partners=tuple(row["partner_id"] for row in rows if pace.limit and row["partner_id"]) or (0,),
            )
        )
        resting, used, last = set(), {}, {}
        for res_id, partner_id, run_id, rests, count in found:
            counted = self._get_counted(pace, {"res_id": res_id, "partner_id": partner_id})
            used[counted] = used.get(counted, 0) + count
            last[counted] = max(last.get(counted, 0), run_id)
            resting |= {res_id} if rests else set()
        return resting, used, last
