from odoo import fields, models

from ....engine import states
from ....engine.schedule import to_local
from ...step.kinds import StepKind, declare, skipped
from .availability import LONGEST

declare(
    "agenda",
    StepKind(
        action={"state": "crm_trigger_agenda"},
        icon="fa-calendar",
        heading="todo",
        manager_fields=("agenda_title", "agenda_duration", "agenda_delay", "agenda_invite"),
        defaults={"agenda_duration": None},
        minutes=5,
    ),
)


class CrmTriggerStep(models.Model):
    """Steps that put a meeting into the calendar of the responsible user."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[("activity",), ("agenda", "Plan a meeting"), ("close",)], ondelete={"agenda": "cascade"}
    )
    agenda_title = fields.Char(related="action_id.agenda_title", readonly=False)
    agenda_duration = fields.Float(related="action_id.agenda_duration", readonly=False)
    agenda_delay = fields.Integer(related="action_id.agenda_delay", readonly=False)
    agenda_invite = fields.Boolean(related="action_id.agenda_invite", readonly=False)

    def _get_agenda_phrase(self):
        what = self.agenda_title or self.env._("plan a meeting")
        if self.agenda_invite:
            return self.env._(
                "plan “%(what)s” with the customer in the calendar of %(who)s", what=what, who=self._get_who()
            )
        return self.env._("plan “%(what)s” in the calendar of %(who)s", what=what, who=self._get_who())

    def _get_deadline(self, execution, user):
        """Return the first day on which the user has to be present."""
        if self.kind != "agenda":
            return super()._get_deadline(execution, user)
        tz = self.action_id._get_crm_trigger_user_tz(user)
        earliest = self.action_id._get_crm_trigger_earliest(user, working_days=self.working_time)
        return to_local(earliest, tz).date()

    def _get_agenda_problem(self):
        company = self.rule_id._get_counting_company()
        if not company.resource_calendar_id:
            return self.env._("%s has no working hours. Set a working schedule first.", company.name)
        if 0 < self.agenda_duration <= LONGEST and not self._fits_agenda(company):
            return self.env._(
                "no possible participant works %s hours without a break: shorten the meeting, or extend the working "
                "hours.",
                f"{self.agenda_duration:g}",
            )
        return None

    def _fits_agenda(self, company):
        """Return whether any possible assignee ever has so much time without a break."""
        anybody = self.env["res.users"]
        fits = self.action_id.with_company(company)._fits_crm_trigger_hours
        people = self._get_expected() if self.responsible != "salesperson" else anybody
        if not people and fits(anybody):
            return True
        return any(
            self.action_id.with_company(works_for)._fits_crm_trigger_hours(user)
            for user in people or self._get_expected()
            for works_for in self.rule_id.company_id or user.company_ids
        )

    def _act_agenda(self, executions):
        """Plan the meetings of a batch, those of one user one after the other."""
        users, reasons = self._assign(executions)
        targets = self._get_targets(self._get_records(executions))
        reasons |= self._get_uninvited(executions)
        given = executions.filtered(lambda line: line in users and line not in reasons)
        slots = self.action_id._find_crm_trigger_slots(
            [users[line] for line in given],
            [self.action_id._get_crm_trigger_guest(targets[line.res_id]) for line in given],
            working_days=self.working_time,
        )
        starts = {line: slot for line, slot in zip(given, slots, strict=True) if slot}
        reasons |= dict.fromkeys(given.filtered(lambda line: line not in starts), states.SKIP_NO_SLOT)
        planned = given.filtered(lambda line: line in starts)
        events = self.action_id._create_crm_trigger_meetings(
            [(targets[line.res_id], users[line], starts[line]) for line in planned]
        )
        refused = {line: skipped(reason) for line, reason in reasons.items()}
        return refused | self._get_results(planned, events)

    def _get_uninvited(self, executions):
        """Return ``{execution: skip reason}`` of executions whose contact cannot be invited."""
        get_partner, records = self.env["crm.trigger.run"]._get_partner, self._get_records(executions)
        partners = {line: get_partner(record) for line, record in zip(executions, records, strict=True)}
        refused = self.action_id._get_crm_trigger_uninvited(partners.values())
        return {line: refused[partner] for line, partner in partners.items() if partner in refused}
