from ast import literal_eval
from collections import defaultdict

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

from ....engine import states
from ....engine.assignment import by_capacity, take_turns, to_least_busy
from ....engine.schedule import to_local

OWNER_FIELDS = ("invoice_user_id", "user_id")


class IrActionsServer(models.Model):
    """Assigns records to salespeople."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_trigger_assign", "Assign Salesperson")], ondelete={"crm_trigger_assign": "cascade"}
    )
    assign_method = fields.Selection(
        [
            ("user", "A chosen salesperson"),
            ("turn", "In turn"),
            ("leads", "The user with the fewest open leads"),
            ("activities", "The user with the fewest open activities"),
            ("capacity", "By the domains and capacities of the team"),
        ],
        "Who gets it",
        default="turn",
        help="In turn: everyone gets the same number. By the domains and capacities of the team: as set for its "
        "members under CRM > Configuration > Sales Teams; members who reached their capacity over 30 days "
        "get none.",
    )
    assign_user_id = fields.Many2one(
        "res.users",
        "Chosen salesperson",
        domain=[("share", "=", False)],
        ondelete="restrict",
        help="Who gets the records.",
    )
    assign_user_ids = fields.Many2many(
        "res.users",
        "crm_trigger_assign_user_rel",
        "action_id",
        "user_id",
        "Among",
        domain=[("share", "=", False)],
        help="Participants. If empty, the members of the team.",
    )
    assign_team_id = fields.Many2one(
        "crm.team",
        "Team",
        ondelete="restrict",
        help="Its members take part, and the record is assigned to this team. If empty, the record's team is used.",
    )
    assign_keep = fields.Boolean(
        "Keep the current salesperson",
        default=True,
        help="A record that has a salesperson keeps them. Without this option, it is reassigned in any case.",
    )
    assign_turns = fields.Json("Last turns", copy=False, help="Who was the last to get a record, for each team.")

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_trigger_assign" and (warning := self._get_crm_trigger_assign_warning()):
            warnings.append(warning)
        return warnings

    def _get_crm_trigger_assign_warning(self):
        if misfit := self._get_crm_trigger_assign_misfit():
            return misfit
        if self.assign_method == "user":
            return None if self.assign_user_id.active else self.env._("choose who gets the records.")
        if self.assign_user_ids and self.assign_method != "capacity":
            return None if any(self.assign_user_ids.mapped("active")) else self.env._("choose who takes part.")
        if self.assign_team_id:
            people = self._get_crm_trigger_people(self.assign_team_id)
            return None if people else self.env._("the team “%s” has no members.", self.assign_team_id.name)
        if self.model_name and "team_id" not in self.env[self._get_crm_trigger_owned_model()]:
            return self.env._("choose who takes part: such records have no team.")
        return None

    def _get_crm_trigger_assign_misfit(self):
        """Return why records of the model cannot be assigned this way, as text, or None."""
        if self.model_name and not self._get_crm_trigger_owner_field():
            return self.env._("these records have no salesperson.")
        if self.assign_method == "capacity" and self.model_name != "crm.lead":
            return self.env._("only leads and opportunities are given by the capacities of a team.")
        return None

    def _get_crm_trigger_owned_model(self):
        return self.env["crm.trigger.step"]._get_document_model_name(self.model_name)

    def _get_crm_trigger_owner_field(self):
        """Return the name of the salesperson field, None without one."""
        found = self.env[self._get_crm_trigger_owned_model()]._fields
        own = (name for name in OWNER_FIELDS if name in found and found[name].comodel_name == "res.users")
        return next(own, None)

    def _run_action_crm_trigger_assign_multi(self, eval_context=None):
        self._crm_trigger_assign(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_assign(self, records, *, skip_absent=True):
        """Assign records, or the documents of lines, to salespeople.

        :param records: recordset of one model
        :param bool skip_absent: users absent today get none, unless all are
        :return: ``({record: user}, {record: skip reason})`` of the records or documents
        """
        documents = self.env["crm.trigger.step"]._get_documents(records)
        whose = self.env[self._get_crm_trigger_owned_model()].union(*documents.values())
        fname, users, reasons = self._get_crm_trigger_owner_field(), {}, {}
        company_of = self._get_crm_trigger_step()._get_sending_company
        kept = whose.filtered(lambda record: self._is_crm_trigger_kept(record[fname], company_of(record)))
        reasons, whose = dict.fromkeys(kept, states.SKIP_ALREADY), whose - kept
        for team, group in whose.grouped(self._get_crm_trigger_team).items():
            given, refused = self._crm_trigger_share_out(group, team, skip_absent)
            users, reasons = users | given, reasons | refused
            for user in dict.fromkeys(given.values()):  # before the next team, which counts this user's records
                whole = group.filtered(lambda record, given=given, user=user: given.get(record) == user)
                self._crm_trigger_give(whole, fname, user)
        return users, reasons

    def _is_crm_trigger_kept(self, owner, company):
        """Return whether the current salesperson of a record keeps it; one who left or works elsewhere does not."""
        chosen = self.assign_method == "user" and owner == self.assign_user_id
        return bool((chosen or self.assign_keep) and owner._crm_trigger_there(company))

    def _crm_trigger_give(self, records, fname, user):
        """Write the salesperson, without an email for each of many records."""
        values = {fname: user.id}
        if self.assign_team_id and "team_id" in records and self.assign_method != "user":
            values["team_id"] = self.assign_team_id.id
        records.with_context(mail_auto_subscribe_no_notify=True).write(values)

    def _get_crm_trigger_team(self, record):
        """Return the team whose turns count for a record; none if users were chosen."""
        if self.assign_method == "user" or (self.assign_user_ids and self.assign_method != "capacity"):
            return self.env["crm.team"]
        return self.assign_team_id or ("team_id" in record and record.team_id) or self.env["crm.team"]

    def _get_crm_trigger_members(self, team):
        """Return the members of a team who take part in the assignment."""
        return team.crm_team_member_ids.filtered(lambda member: not member.assignment_optout)

    def _get_crm_trigger_people(self, team):
        """Return the users who may get records of a team."""
        if self.assign_method == "user":
            people = self.assign_user_id
        elif self.assign_user_ids and self.assign_method != "capacity":
            people = self.assign_user_ids
        else:
            people = self._get_crm_trigger_members(team).user_id
        return people._crm_trigger_there(self.env["res.company"])

    def _crm_trigger_share_out(self, records, team, skip_absent):
        """Choose the salesperson of each record of one team, and store whose turn it was.

        :return: ``({record: user}, {record: skip reason})``
        """
        people = self._get_crm_trigger_people(team)
        able = self._get_crm_trigger_able(records, people)
        there = people - self._get_crm_trigger_absent(people) if skip_absent else people
        choices = [(able[record] & there or able[record])._ids for record in records]
        given = self._crm_trigger_choose_next(records, team, people, choices)
        users = {record: people.browse(user_id) for record, user_id in zip(records, given, strict=True) if user_id}
        reasons = {
            record: states.SKIP_NO_ACCESS if people and not able[record] else states.SKIP_NO_RESPONSIBLE
            for record in records
            if record not in users
        }
        return users, reasons

    def _crm_trigger_choose_next(self, records, team, people, choices):
        """Return the result of :meth:`_crm_trigger_choose`, and store the last turn; a user chosen explicitly takes
        no turn.
        """
        if self.assign_method == "user":
            return self._crm_trigger_choose(records, team, people, choices, None)
        turns = self._lock_crm_trigger_turns()
        given = self._crm_trigger_choose(records, team, people, choices, turns.get(str(team.id)))
        if chosen := [user_id for user_id in given if user_id]:
            self._note_crm_trigger_turns({**turns, str(team.id): chosen[-1]})
        return given

    def _crm_trigger_choose(self, records, team, people, choices, last):
        """Return the id of the salesperson of each record, None where nobody may have it."""
        if self.assign_method == "leads":
            return to_least_busy(choices, people.ids, last, self._count_crm_trigger_leads(people))
        if self.assign_method == "activities":
            return to_least_busy(choices, people.ids, last, self._count_crm_trigger_activities(people))
        if self.assign_method == "capacity":
            members = self._get_crm_trigger_members(team)
            wanted, preferred = self._get_crm_trigger_wanted(records, members)
            room = self._count_crm_trigger_room(members)
            choices = [set(may) & wanted[record] for may, record in zip(choices, records, strict=True)]
            return by_capacity(choices, people.ids, last, room, [preferred[record] for record in records])
        return take_turns(choices, people.ids, last)

    @api.model
    def _count_crm_trigger_room(self, members):
        """Return ``{user id: remaining capacity for leads}``, as of now: including leads given a moment ago, for
        another company of the batch. Waits for concurrent assignments to these users, by any rule.
        """
        self._lock_documents(members)
        members.invalidate_recordset(["lead_month_count"], flush=False)
        return {member.user_id.id: member.assignment_max - member.lead_month_count for member in members}

    @api.model
    def _get_crm_trigger_wanted(self, leads, members):
        """Return who accepts and who prefers each lead, by the domains of team members.

        :return: two ``{lead: ids of users}``
        """
        wanted, preferred = defaultdict(set), defaultdict(set)
        for member in members:
            takes = leads.filtered_domain(literal_eval(member.assignment_domain or "[]"))
            prefers = literal_eval(member.assignment_domain_preferred or "[]")
            for lead in takes:
                wanted[lead].add(member.user_id.id)
            for lead in takes.filtered_domain(prefers) if prefers else ():
                preferred[lead].add(member.user_id.id)
        return wanted, preferred

    @api.model
    def _count_crm_trigger_leads(self, people):
        domain = [("user_id", "in", people.ids), ("won_status", "=", "pending")]
        counts = self.env["crm.lead"]._read_group(domain, ["user_id"], ["__count"])
        return {user.id: count for user, count in counts}

    @api.model
    def _count_crm_trigger_activities(self, people):
        counts = self.env["mail.activity"]._read_group([("user_id", "in", people.ids)], ["user_id"], ["__count"])
        return {user.id: count for user, count in counts}

    def _get_crm_trigger_able(self, records, people):
        """Return ``{record: users who could open it as their own}``: allowed company, access to such records."""
        step = self._get_crm_trigger_step()
        readers = people.filtered(lambda user: self.env[records._name].with_user(user).has_access("read"))
        companies = {record: step._get_sending_company(record) for record in records}
        here = {company: readers._crm_trigger_there(company) for company in companies.values()}
        return {record: here[company] for record, company in companies.items()}

    @api.model
    def _get_crm_trigger_absent(self, people):
        """Return which of these users are absent today: out of office, or on leave by the calendar."""
        step, now = self.env["crm.trigger.step"], fields.Datetime.now()
        away = people.filtered(lambda user: step._is_away(user, to_local(now, user.tz or "UTC").date()))
        return away.union(*step._get_leaves(people))

    def _lock_crm_trigger_turns(self):
        """Return the last turns, as ``{team id as text: user id}``, and lock them.

        A transaction that waited has an old snapshot and restarts: a concurrency error, not logged.
        """
        self.flush_recordset(["assign_turns"])
        query = SQL("SELECT assign_turns FROM ir_act_server WHERE id = %s FOR NO KEY UPDATE", self.id)
        self.env.cr.execute(query, log_exceptions=False)
        return self.env.cr.fetchone()[0] or {}

    def _note_crm_trigger_turns(self, turns):
        """Store the last turns; through the ORM the caches of all workers would be cleared."""
        self.env.cr.execute(SQL("UPDATE ir_act_server SET assign_turns = %s WHERE id = %s", Json(turns), self.id))
        self.invalidate_recordset(["assign_turns"], flush=False)
