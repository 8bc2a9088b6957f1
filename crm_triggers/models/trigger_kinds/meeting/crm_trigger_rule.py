from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ....engine import meeting
from ....engine.decision import ONCE
from ....engine.schedule import is_late
from ..happening.crm_trigger_rule import HAPPENING

HELD = "meeting_held"
MEETING_KINDS = ("meeting_planned", HELD, "meeting_cancelled")
LONGEST_DAY = timedelta(days=1)  # maximum offset between the end of a local day and the end Odoo stores
LATE_SEEN_DAYS = 30  # how long after "too late" a missed meeting is still searched for, to be logged


class CrmTriggerRule(models.Model):
    """Meetings of an opportunity: which kind, which one, and when one was held.

    Nothing is written when a meeting ends, so the clock searches: it was held when its end has passed and it was
    not cancelled. The meeting is part of the run's key, so one that is moved after it was found is not found again;
    with a rank, the rank is the key.
    """

    _inherit = "crm.trigger.rule"

    happening = fields.Selection(selection_add=[(HELD, "A meeting was held"), ("meeting_cancelled",)])
    meeting_mode = fields.Selection(
        [
            (meeting.ONSITE, "On site: at a place"),
            (meeting.VIDEO, "By video: with a link"),
            (meeting.PHONE, "By phone: neither place nor link"),
        ],
        "Kind of meeting",
        help="Only meetings of this kind; empty for any. With a link to a video call it is by video; else with a "
        "place, on site; with a telephone number as its place, or with nothing at all, by phone.",
    )
    meeting_tag_id = fields.Many2one(
        "calendar.event.type",
        "Tag of the meeting",
        ondelete="restrict",
        help="Only meetings with this tag of the calendar; empty for any.",
    )
    meeting_rank = fields.Integer(
        "Which meeting",
        default=0,
        help="1 for the first meeting of the kind above on the opportunity, 2 for the second, and so on: once per "
        "opportunity. 0 for each.",
    )

    _check_meeting_rank = models.Constraint(
        "CHECK (meeting_rank >= 0)", "Enter 1 for the first meeting, 2 for the second, 0 for all."
    )

    @api.constrains("meeting_rank")
    def _check_meeting_rank_reach(self):
        for rule in self:
            if rule.meeting_rank > 1000:
                raise ValidationError(self.env._("Rule “%s”: no opportunity has as many meetings.", rule.name))

    def _get_wanted_meetings(self):
        """Return which meetings this rule is for, in terms of the engine."""
        return meeting.Wanted(self.meeting_mode or None, self.meeting_tag_id.id or None, self.happening_words or "")

    def _is_meant(self, item):
        if self.happening not in MEETING_KINDS:
            return super()._is_meant(item)
        wanted = self._get_wanted_meetings()
        return wanted.takes(item.meeting) and self.meeting_rank in (0, wanted.rank(item.earlier))

    def _get_happened_key(self, item):
        """With a rank, its meeting counts once, even if an earlier one is entered afterwards."""
        if self.happening in MEETING_KINDS and self.meeting_rank:
            return self._get_rank_key()
        return super()._get_happened_key(item)

    def _get_rank_key(self):
        return f"{self.happening} #{self.meeting_rank} {self.meeting_mode or ''}".rstrip()

    # The clock

    def _get_sweeps(self):
        held = self.filtered(lambda rule: rule._waits_for_held())
        return [*super()._get_sweeps(), *((rule, rule._sweep_held) for rule in held)]

    def _waits_for_held(self):
        return (self.trigger, self.happening) == (HAPPENING, HELD)

    def _sweep_held(self, limit):
        """Start runs for opportunities whose meetings ended, up to ``limit`` meetings at a time.

        :return: how many runs were created, including those logged as late
        """
        self.ensure_one()
        is_too_late = partial(is_late, now=fields.Datetime.now(), late_days=self.late_days, tz=self._get_tz())
        offset = 0
        while events := self._search_held(limit, offset):
            late = events.filtered(lambda event: is_too_late(event._get_crm_trigger_end(self._get_tz())))
            started = self._enter_held(events - late)
            started._wake()
            started = started or self._enter_held(late, late=True)  # otherwise in a separate transaction
            if started:
                return len(started)
            offset += limit  # none of these matched: search further
        return 0

    def _enter_held(self, events, late=False):
        keys = self._get_happened_keys(events._crm_trigger_tell_meetings(held=True))
        return self._enter_keys(keys, late=late)

    def _search_held(self, limit, offset):
        """Return meetings that ended since the activation, of opportunities that meet the conditions, without a run
        for them.

        A meeting added to a series afterwards counts as one that existed before.
        """
        now = fields.Datetime.now()
        start = self._get_held_start(now)
        events = self.env["calendar.event"].sudo()  # private meetings count
        query = events._search(
            Domain("stop", ">", start - LONGEST_DAY)
            & Domain("stop", "<=", now + LONGEST_DAY)
            & Domain("opportunity_id", "in", self._get_model()._search(self._get_conditions())),
            order="stop, id",
            limit=limit,
            offset=offset,
        )
        event_id, lead_id = (SQL.identifier(query.table, name) for name in ("id", "opportunity_id"))
        query.add_where(
            SQL(
                "(%s IS NOT TRUE OR %s < %s)",
                *(SQL.identifier(query.table, name) for name in ("recurrency", "create_date", "stop")),
            )
        )
        query.add_where(
            SQL("%(end)s > %(start)s AND %(end)s <= %(now)s", end=self._sql_end(query.table), start=start, now=now)
        )
        query.add_where(SQL("NOT %s", self.env["crm.trigger.pause"]._sql_is_paused(SQL("%s", "crm.lead"), lead_id)))
        query.add_where(self._sql_is_new_meeting(event_id, lead_id))
        query.add_where(self._sql_is_not_moved(event_id, start))
        return events.browse(query)

    def _sql_end(self, table):
        """Return the SQL of the end of a meeting, as of ``_get_crm_trigger_end``: an all-day one in the time zone
        of the rule.
        """
        return SQL(
            "CASE WHEN %(allday)s AND %(day)s IS NOT NULL"
            " THEN (%(day)s + 1)::timestamp AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' ELSE %(stop)s END",
            allday=SQL.identifier(table, "allday"),
            day=SQL.identifier(table, "stop_date"),
            stop=SQL.identifier(table, "stop"),
            tz=self._get_tz(),
        )

    def _get_held_start(self, now):
        """Return from which end on (naive UTC) meetings are searched; less far back than runs are kept."""
        days = self.late_days + LATE_SEEN_DAYS
        return max(self.activated_at, now - timedelta(days=min(days, self._get_retention_days() or days)))

    def _sql_is_new_meeting(self, event_id, lead_id):
        """Return the condition that this rule did not fire for a meeting of a lead."""
        key = SQL("%s", self._get_rank_key()) if self.meeting_rank else SQL("%s || %s", f"{HELD} ", event_id)
        return SQL(
            "NOT EXISTS (SELECT FROM crm_trigger_run run WHERE run.rule_id = %s"
            " AND run.res_id = %s AND run.occurrence IN (%s, %s))",
            self.id,
            lead_id,
            key,
            ONCE if self.reentry == "once" else None,
        )

    def _sql_is_not_moved(self, event_id, start):
        """Return the condition that this rule did not fire for a meeting when it belonged to another lead.

        :param start: as of :meth:`_get_held_start`, before which it cannot have been held
        """
        return SQL(
            "NOT EXISTS (SELECT FROM crm_trigger_run run WHERE run.rule_id = %s AND run.started_at >= %s"
            " AND run.occurrence = %s || %s)",
            self.id,
            start,
            f"{HELD} ",
            event_id,
        )

    @api.model
    def _get_definition_fields(self):
        return super()._get_definition_fields() | {"meeting_mode", "meeting_rank", "meeting_tag_id"}
