from collections import defaultdict
from datetime import datetime
from functools import partial
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ...engine import signal as engine
from ...engine.signal import HUMAN, VERIFIED
from ..given import check_key
from ..isolation import HastySavepoint, isolated

UTM = ("campaign_id", "source_id", "medium_id")
BATCH = 1000  # signals inserted by one statement


class Act(NamedTuple):
    """One act to record: on which record, who acted, when (naive UTC), with which details.

    ``partner_id`` None is the contact of the record; ``points`` None those of the type.
    """

    res_id: int
    key: str | None
    occurred_at: datetime
    partner_id: int | None = None
    actor: str = HUMAN
    identity: str = VERIFIED
    points: int | None = None
    utm: tuple[tuple[str, int], ...] = ()
    payload: dict | None = None


class CrmTriggerSignal(models.Model):
    """Records what contacts do."""

    _inherit = "crm.trigger.signal"

    @api.model
    def record(
        self,
        code,
        records,
        key=None,
        occurred_at=None,
        model=None,
        actor=HUMAN,
        identity=VERIFIED,
        points=None,
        campaign_id=None,
        source_id=None,
        medium_id=None,
        **payload,
    ):
        """Record an act of the contacts of these records.

        :param str code: of a ``crm.trigger.signal.type``; nothing is recorded for an archived one
        :param records: recordset of a model with a contact; or a list of ids, which requires ``model``
        :param key: makes the act unique per type and record, up to 200 characters; without it each call is an act
        :param occurred_at: datetime, or a text as of ISO 8601; naive is UTC; None is now
        :param str model: model of the ids
        :param str actor: ``human``, ``doubtful`` or ``machine``
        :param str identity: ``verified``, or ``typed`` if anyone could have entered this contact's address
        :param points: a whole number from -1000 to 1000; None for those of the type
        :param campaign_id, source_id, medium_id: ids of what led the contact here
        :param payload: further details, as JSON of up to 8,000 characters
        :return: the new signals (recordset); those that were already recorded are left out
        :raises UserError: an argument is invalid
        :raises MissingError: one of the records does not exist
        :raises AccessError: the user may not change one of the records, or does not see what rules do
        """
        self.check_access("read")  # before any message about types and records
        kind = self.env["crm.trigger.signal.type"]._get_by_code(code)
        records = self._check_records(records, model)
        if not self.env.su:
            self._check_may_record(kind, records)
        self._check_choices(actor, identity, points)
        act = partial(
            Act,
            key=check_key(self.env, key),
            occurred_at=self._read_moment(occurred_at),
            actor=actor,
            identity=identity,
            points=points,
            utm=self._check_utm({"campaign_id": campaign_id, "source_id": source_id, "medium_id": medium_id}),
            payload=self._check_details(payload),
        )
        return self._record_acts(kind, records.sudo(), [act(res_id) for res_id in records.ids]).with_env(self.env)

    @api.model
    def _hear(self, code, what, tell):
        """Record acts that a source noticed in a visitor's or user's operation, which is never disturbed: an error is
        logged, and what was not recorded is lost.

        :param str code: of a type; without an active one, nothing is recorded
        :param str what: named in the log when it fails
        :param tell: function that returns ``(records, [Act])``; no acts if none of these is a signal
        """
        self.env.flush_all()  # pending writes are not lost if we fail
        with isolated(HastySavepoint(self.env.cr), what):
            system = self.sudo()  # the visitor has no rights
            kind = system.env["crm.trigger.signal.type"]._find_by_code(code)
            records, acts = tell() if kind.active else (None, [])
            if acts and self._has_contact(records._name):
                system._record_acts(kind, records.sudo(), acts)

    def _record_acts(self, kind, records, acts):
        """Insert acts of one type on records of one model, without those recorded before.

        :param kind: ``crm.trigger.signal.type``
        :param records: the records of the acts, with superuser rights
        :param list acts: :class:`Act`
        :return: the new signals
        """
        if not kind.active:
            return self.browse()
        rows = self._leave_out_known(self._prepare_rows(kind, records, acts))
        rows, excess = self._leave_out_excess(rows)
        new_ids = [row_id for batch in split_every(BATCH, rows) for row_id in self._insert_missing(list(batch))]
        self._count_excess(kind, records._name, excess)
        return self.browse(new_ids)

    @api.model
    def _prepare_rows(self, kind, records, acts):
        """Return the values of the rows, all with the same columns."""
        parties = self._get_parties_of(records)
        nothing = dict.fromkeys(UTM)
        rows = []
        for act in acts:
            partner_id, company_id = parties[act.res_id]
            rows.append(
                {
                    "type_id": kind.id,
                    "res_model": records._name,
                    "res_id": act.res_id,
                    "partner_id": act.partner_id or partner_id,
                    "company_id": company_id,
                    "occurred_at": act.occurred_at,
                    "points": kind.points if act.points is None else act.points,
                    "actor": act.actor,
                    "identity": act.identity,
                    "key": act.key,
                    **nothing,
                    **dict(act.utm),
                    "payload": act.payload or None,
                    "repeats": 0,
                }
            )
        return rows

    @api.model
    def _get_parties_of(self, records):
        """Return ``{record id: (id of its contact, id of its company)}``, None without one."""
        runs, no_rule = self.env["crm.trigger.run"], self.env["crm.trigger.rule"]
        parties = {}
        for record in records:
            partner, company = runs._get_parties(no_rule, record)
            parties[record.id] = (partner.id or None, company.id or None)
        return parties

    @api.model
    def _leave_out_known(self, rows):
        """Return the rows whose keys were not recorded yet, or deleted since, each key once: a repeated call is not
        counted either.
        """
        keys = {(row["res_id"], row["key"]) for row in rows if row["key"] is not None}
        known = self._search_known(rows[0], keys) if keys else set()
        kept = []
        for row in rows:
            place = (row["res_id"], row["key"])
            if row["key"] is None or place not in known:
                kept.append(row)
                known.add(place)
        return kept

    @api.model
    def _search_known(self, row, keys):
        """Return which of these ``(record id, key)`` are recorded, or were before they were summed up, as a set.

        :param dict row: column values with their type and model
        """
        same = SQL("type_id = %s AND res_model = %s AND res_id = given.res_id", row["type_id"], row["res_model"])
        query = SQL(
            "SELECT given.res_id, given.key FROM unnest(%(ids)s::int[], %(keys)s::text[]) AS given(res_id, key)"
            " WHERE EXISTS (SELECT FROM %(table)s WHERE %(same)s AND key = given.key) OR EXISTS ("
            "SELECT FROM %(past)s WHERE %(same)s AND hashtextextended(given.key, 0) = ANY(keys))",
            ids=[res_id for res_id, _key in keys],
            keys=[key for _res_id, key in keys],
            table=SQL.identifier(self._table),
            past=SQL.identifier(self.env["crm.trigger.signal.past"]._table),
            same=same,
        )
        return set(self.env.execute_query(query))

    @api.model
    def _leave_out_excess(self, rows):
        """Return the rows within the number of an hour, and ``{(record id, hour): number of the others}``."""
        if not rows:
            return rows, {}
        places = [(row["res_id"], engine.hour_of(row["occurred_at"])) for row in rows]
        exceeds, excess = engine.find_excess(places, self._count_hours(rows[0], places))
        return [row for row, over in zip(rows, exceeds, strict=True) if not over], excess

    @api.model
    def _count_hours(self, row, places):
        """Return ``{(record id, hour): number of signals}`` of the type and model of a row."""
        hours = [hour for _res_id, hour in places]
        query = SQL(
            "SELECT res_id, date_trunc('hour', occurred_at) AS hour, count(*) FROM %(table)s"
            " WHERE res_model = %(model)s AND type_id = %(type)s AND res_id = ANY(%(ids)s)"
            " AND occurred_at >= %(first)s AND occurred_at < %(last)s + interval '1 hour' GROUP BY res_id, hour",
            table=SQL.identifier(self._table),
            model=row["res_model"],
            type=row["type_id"],
            ids=list({res_id for res_id, _hour in places}),
            first=min(hours),
            last=max(hours),
        )
        return {(res_id, hour): count for res_id, hour, count in self.env.execute_query(query)}

    @api.model
    def _count_excess(self, kind, model_name, excess):
        """Add what exceeds the number of an hour to the last signal of that hour.

        Many requests at once may count on the same line: one that cannot is left uncounted, and disturbs nobody.
        """
        counts = defaultdict(list)
        for (res_id, hour), count in excess.items():
            counts[hour, count].append(res_id)
        for (hour, count), res_ids in counts.items():
            query = SQL(
                "UPDATE %(table)s SET repeats = repeats + %(count)s WHERE id IN ("
                "SELECT DISTINCT ON (res_id) id FROM %(table)s WHERE res_model = %(model)s AND type_id = %(type)s"
                " AND res_id = ANY(%(ids)s) AND occurred_at >= %(hour)s AND occurred_at < %(hour)s + interval '1 hour'"
                " ORDER BY res_id, occurred_at DESC, id DESC)",
                table=SQL.identifier(self._table),
                count=count,
                model=model_name,
                type=kind.id,
                ids=res_ids,
                hour=hour,
            )
            with isolated(HastySavepoint(self.env.cr), "Counting signals", lambda error: None, pass_on=()):
                self.env.cr.execute(query, log_exceptions=False)
        self.invalidate_model(["repeats"], flush=False)
