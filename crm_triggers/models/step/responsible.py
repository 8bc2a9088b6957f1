from collections import defaultdict
from datetime import datetime, time
from itertools import chain

from odoo import api, fields, models

from ...engine import states
from ...engine.schedule import to_local

NAMED = 3  # maximum number of people in a warning
SALESPEOPLE = ("invoice_user_id", "user_id")  # the field of documents, from which templates take name and signature


class CrmTriggerStep(models.Model):
    """Finds the responsible user of a step: one who is present and may open the record."""

    _inherit = "crm.trigger.step"

    access_warning = fields.Char(
        "Recipients without access",
        compute="_compute_access_warning",
        help="The recipient of the step has no access to the records: it goes to someone else.",
    )

    def _assign(self, executions):
        """Return the assignee of the activity or note of each execution.

        The best candidate who may open the record it is put on and is not absent; if all are absent, the best who
        may open it.

        :param executions: executions of this step
        :return: ``({execution: user}, {execution: skip reason})``
        """
        records = self._get_records(executions)
        documents, targets = self._get_documents(records), self._get_targets(records)
        candidates = {execution: self._get_users(documents[execution.res_id]) for execution in executions}
        openers = self._get_openers((targets[line.res_id], candidates[line]) for line in executions)
        leaves = self._get_leaves(self.env["res.users"].union(*candidates.values())) if self.pass_over_absent else {}
        users, reasons = {}, {}
        for execution in executions:
            target = targets[execution.res_id]
            working = candidates[execution]._crm_trigger_there(self._get_sending_company(documents[execution.res_id]))
            able = working.filtered(lambda user: target in openers[user])  # noqa: B023
            there = able
            if self.pass_over_absent:
                there = able.filtered(
                    lambda user: not self._is_absent(user, self._get_deadline(execution, user), leaves.get(user))  # noqa: B023
                )
            if able:
                users[execution] = (there or able)[:1]
            else:
                reasons[execution] = states.SKIP_NO_ACCESS if candidates[execution] else states.SKIP_NO_RESPONSIBLE
        return users, reasons

    def _get_senders(self, records):
        """Return ``{record id: user}``: the sender of the step; the user may be empty.

        A user does not write for a company they do not work in.
        """
        documents = self._get_documents(records)
        return {record.id: self._get_next_in_turn(documents[record.id]) for record in records}

    def _get_next_in_turn(self, document):
        """Return the first of the candidates who is present in the company of a document; the rest are not checked."""
        company = self._get_sending_company(document)
        candidates = chain.from_iterable(self._get_candidates(document))
        return next((user for user in candidates if user._crm_trigger_there(company)), self.env["res.users"])

    def _get_owner(self, document, usual=None):
        """Return the owner of what a step creates from a document: its salesperson or, if they left or may not work
        in its company, the next user in turn. A document without salesperson stays without.

        :param usual: the owner to use instead of the salesperson
        """
        owners = (document[fname] for fname in SALESPEOPLE if fname in document)
        owner = usual or next((user for user in owners if user), self.env["res.users"])
        if not owner or owner._crm_trigger_there(self._get_sending_company(document)):
            return owner
        return self._get_next_in_turn(document)

    def _get_users(self, document):
        """Return the candidates in turn, without archived and portal users."""
        users = self.env["res.users"].union(*self._get_candidates(document))
        return users._crm_trigger_there(self.env["res.company"])

    def _get_openers(self, candidates):
        """Return ``{user: records they may open}``: one check per user and model, not per record.

        :param candidates: pairs ``(record, users)``
        """
        asked = defaultdict(set)
        for record, users in candidates:
            for user in users:
                asked[user, record._name].add(record)
        openers = defaultdict(set)
        for (user, model_name), records in asked.items():
            seen = self.env[model_name].concat(*records).with_user(user)
            seen = seen.with_context(allowed_company_ids=user.company_ids.ids)
            openers[user].update(seen._filtered_access("read"))
        return openers

    @api.model
    def _get_leaves(self, users):
        """Return ``{user: end}`` (naive UTC) of users currently on leave according to their company's calendar."""
        now = fields.Datetime.now()
        domain = [("time_type", "=", "leave"), ("date_from", "<=", now), ("date_to", ">", now)]
        domain.append(("resource_id.active", "=", True))
        leaves_sudo = self.env["resource.calendar.leaves"].sudo()  # whoever assigns
        leaves_sudo = leaves_sudo.search([("resource_id.user_id", "in", users.ids), *domain], order="date_to")
        return {leave.resource_id.user_id.with_env(self.env): leave.date_to for leave in leaves_sudo}

    def _is_absent(self, user, deadline, on_leave_until=None):
        """Return whether a user is absent, or on leave by the calendar, at least until noon of the day."""
        return self._is_away(user, deadline) or bool(on_leave_until and self._lasts(on_leave_until, user, deadline))

    def _lasts(self, until, user, deadline):
        tz = user.tz or (self.rule_id._get_tz() if self.rule_id else "UTC")
        return to_local(until, tz) >= datetime.combine(deadline, time(12))

    def _is_away(self, user, deadline):
        """Return whether a user is absent now, and still at noon of the day.

        Override for other sources of absences.

        :param date deadline: a user back by then is still assigned
        """
        if user.is_out_of_office:
            until = user.out_of_office_to
            return not until or self._lasts(until, user, deadline)
        back_on = "leave_date_to" in user and user.leave_date_to  # field of hr_holidays
        return bool(back_on) and back_on > deadline

    def _get_candidates(self, record):
        """Yield users from the best to the last resort. Override to add other ways to find one."""
        if self.responsible == "user":
            yield self.responsible_id
        elif self.responsible == "leader":
            yield self._get_leader(record)
        elif self.responsible == "owner":
            yield self.rule_id.user_id
        for fname in SALESPEOPLE:
            if fname in record:
                yield record[fname]
        if "partner_id" in record:
            yield record.partner_id.user_id
        yield self._get_leader(record)
        yield self.rule_id.user_id

    def _get_leader(self, record):
        return record.team_id.user_id if "team_id" in record else self.env["res.users"]

    @api.depends("kind", "responsible", "responsible_id", "rule_id.model_id", "rule_id.company_id", "rule_id.user_id")
    @api.depends_context("lang")
    def _compute_access_warning(self):
        """Warn in advance about users who will be skipped; read as superuser, as it depends on the rights of
        others.
        """
        for step in self:
            asked = step._get_kind().reaches == "colleague"
            step.access_warning = step.sudo()._get_access_warning() if asked else False

    def _get_access_warning(self):
        company, people = self.rule_id.company_id, self._get_expected()
        strangers = people.filtered(lambda user: company and company not in user.company_ids)
        if strangers:
            return self.env._(
                "%(who)s: no access to the company of the rule (%(company)s). The next person in turn will "
                "get it. Choose someone who works there, or allow this company in the user's settings.",
                who=self._name_some(strangers),
                company=company.name,
            )
        groups = self._get_reading_groups()
        barred = people.filtered(lambda user: not user.all_group_ids & groups) if groups else groups
        if barred:
            return self.env._(
                "%(who)s: no access to records of type “%(model)s”. The next person in turn will get it. "
                "Choose someone else, or grant one of these rights in the user's settings: %(groups)s.",
                who=self._name_some(barred),
                model=self.rule_id.model_id.name,
                groups=", ".join(groups.filtered("privilege_id").mapped("full_name")) or "-",
            )
        return False

    def _get_expected(self):
        """Return the users this step may be assigned to, as far as known without a record."""
        if self.responsible in ("user", "owner"):
            return self.responsible_id if self.responsible == "user" else self.rule_id.user_id
        companies = [False, *self.rule_id.company_id.ids]
        here = [("company_id", "in", companies)] if self.rule_id.company_id else []
        if self.responsible == "leader":
            return self.env["crm.team"].search(here).user_id
        people = self.env.ref("sales_team.group_sale_salesman").all_user_ids.filtered(lambda user: not user.share)
        company = self.rule_id.company_id
        return people.filtered(lambda user: not company or company in user.company_ids)

    def _get_reading_groups(self):
        """Return the groups whose users may read records of the rule's model; none if all may."""
        access = self.env["ir.model.access"].search(
            [("model_id", "=", self.rule_id.model_id.id), ("perm_read", "=", True)]
        )
        if not all(line.group_id for line in access):
            return self.env["res.groups"]
        return access.group_id - self.env.ref("base.group_portal") - self.env.ref("base.group_public")

    @api.model
    def _name_some(self, users):
        names = ", ".join(users[:NAMED].mapped("name"))
        return names if len(users) <= NAMED else f"{names}…"
