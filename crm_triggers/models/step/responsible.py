from collections import defaultdict
from datetime import datetime, time
from functools import cache
from itertools import chain

from odoo import api, fields, models

from ...engine import states
from ...engine.schedule import to_local

NAMED = 3  # how many people a warning names


class CrmTriggerStep(models.Model):
    """Finding who a step is for: somebody who is there and may open the record."""

    _inherit = "crm.trigger.step"

    access_warning = fields.Char(
        "Who may not open it",
        compute="_compute_access_warning",
        help="Who the step is meant for may not open the records: it goes to another.",
    )

    def _assign(self, executions):
        """Return who gets the task or note of each execution.

        The best candidate who may open what it is put on and is not away; if all are away,
        the best who may open it.

        :param executions: executions of this step
        :return: ``({execution: user}, {execution: skip reason})``
        """
        records = self._get_records(executions)
        documents, targets = self._get_documents(records), self._get_targets(records)
        candidates = {execution: self._get_users(documents[execution.res_id]) for execution in executions}
        openers = self._get_openers((targets[line.res_id], candidates[line]) for line in executions)
        users, reasons = {}, {}
        for execution in executions:
            target = targets[execution.res_id]
            able = candidates[execution].filtered(lambda user: target in openers[user])  # noqa: B023
            there = able
            if self.pass_over_absent:
                there = able.filtered(lambda user: not self._is_away(user, self._get_deadline(execution, user)))  # noqa: B023
            if able:
                users[execution] = (there or able)[:1]
            else:
                reasons[execution] = states.SKIP_NO_ACCESS if candidates[execution] else states.SKIP_NO_RESPONSIBLE
        return users, reasons

    def _get_senders(self, records):
        """Return ``{record id: user}``: in whose name the step writes; the user may be empty.

        Nobody writes for a company that he does not work in.
        """
        documents, may_write = self._get_documents(records), cache(_may_write)
        return {record.id: self._get_sender(documents[record.id], may_write) for record in records}

    def _get_sender(self, document, may_write):
        """Return the first of the candidates who may write; asks no further."""
        company = self._get_sending_company(document)
        candidates = chain.from_iterable(self._get_candidates(document))
        return next((user for user in candidates if may_write(user, company)), self.env["res.users"])

    def _get_users(self, record):
        """Return the candidates in turn, without archived and external users."""
        users = self.env["res.users"].union(*self._get_candidates(record))
        return users.filtered(lambda user: user.active and not user.share)

    def _get_openers(self, candidates):
        """Return ``{user: records he may open}``: one check per user and model, not per record.

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

    def _is_away(self, user, deadline):
        """Tell whether a user is away now, and still at noon of the day.

        Override for another calendar of absences.

        :param date deadline: a task that can wait for him is his
        """
        if user.is_out_of_office:
            until = user.out_of_office_to
            tz = user.tz or (self.rule_id._get_tz() if self.rule_id else "UTC")
            return not until or to_local(until, tz) >= datetime.combine(deadline, time(12))
        back_on = "leave_date_to" in user and user.leave_date_to  # of hr_holidays
        return bool(back_on) and back_on > deadline

    def _get_candidates(self, record):
        """Yield users from the best to the last resort. Override for other ways to find one."""
        if self.responsible == "user":
            yield self.responsible_id
        elif self.responsible == "leader":
            yield self._get_leader(record)
        elif self.responsible == "owner":
            yield self.rule_id.user_id
        for fname in ("invoice_user_id", "user_id"):
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
        """Say beforehand who will be passed over; read as the system, for it is about the
        rights of others."""
        for step in self:
            asked = step._get_kind().reaches == "colleague"
            step.access_warning = step.sudo()._get_access_warning() if asked else False

    def _get_access_warning(self):
        company, people = self.rule_id.company_id, self._get_expected()
        strangers = people.filtered(lambda user: company and company not in user.company_ids)
        if strangers:
            return self.env._(
                "%(who)s: no access to the company of the rule (%(company)s). It will be for the next in turn. "
                "Choose somebody who works there, or open that company in the settings of the user.",
                who=self._name_some(strangers),
                company=company.name,
            )
        groups = self._get_reading_groups()
        barred = people.filtered(lambda user: not user.all_group_ids & groups) if groups else groups
        if barred:
            return self.env._(
                "%(who)s: not allowed to open records of the kind “%(model)s”. It will be for the next in turn. "
                "Choose somebody else, or give one of these rights in the settings of the user: %(groups)s.",
                who=self._name_some(barred),
                model=self.rule_id.model_id.name,
                groups=", ".join(groups.filtered("privilege_id").mapped("full_name")) or "-",
            )
        return False

    def _get_expected(self):
        """Return the users that this step can be for, as far as can be told without a record."""
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
        """Return the groups of colleagues who may read records of the rule's model; none if all may."""
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


def _may_write(user, company):
    """Tell whether a user is there and works in the company, if there is one."""
    return user.active and not user.share and (not company or company in user.company_ids)
