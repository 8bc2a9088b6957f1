from odoo import fields, models

from ...engine import states
from ...engine.schedule import shift_day, to_local
from .kinds import StepKind, declare, made, skipped

# Server actions that Odoo runs on all records at once, mixing them up: with two customers in a batch, each would
# follow both records.
ONE_BY_ONE = ("followers", "remove_followers")

declare("other", StepKind(icon="fa-cogs", drained=False))


class CrmTriggerStep(models.Model):
    """Executes a step, on many records at once.

    It runs as superuser, in the company of each record and in the name of its salesperson, never as the user who
    happened to trigger it.
    """

    _inherit = "crm.trigger.step"

    def _act(self, executions):
        """Run this step on the records of the executions, all of one model.

        :param executions: ``crm.trigger.execution`` of this step
        :return: ``{execution: values to write on it}``, for instance the link to the result, or the state
        ``skipped`` with its reason; those left out are simply done
        :raises Exception: nothing is done then
        """
        self.ensure_one()
        self._check_ready()  # the template may have been deleted since activation
        method, records = self._get_act_method(), self._get_records(executions)
        companies, beyond = self._get_companies(records), self._get_beyond(records)
        elsewhere = self._get_reaching_elsewhere(records)
        outcomes = {line: skipped(reason) for line, reason in self._get_held_back(executions).items()}
        outcomes |= {line: skipped(states.SKIP_BEYOND) for line in executions if line.res_id in beyond}
        outcomes |= {line: skipped(states.SKIP_ELSEWHERE) for line in executions if line.res_id in elsewhere}
        executions -= executions.browse(line.id for line in outcomes)
        groups = executions.grouped(lambda line: companies[line.res_id])
        for company, group in groups.items():
            step = self._with_context_of(company)
            outcomes |= step._act_jointly(method, group.with_env(step.env))
            if len(groups) > 1:
                self.env.cr.flush()  # Odoo notes the changes of all in the language of the first otherwise
        return outcomes

    def _with_context_of(self, company):
        """Return this step with a company, its time zone and its language, as the superuser has none of them.

        What Odoo notes of a change, such as the names of stages, is in that language; one that was deactivated
        since, as of a company that was closed, is left out.
        """
        lang = self.env["res.lang"]._get_code(company.partner_id.lang)
        tz = company.partner_id.tz or self.rule_id._get_tz()
        return self.with_company(company).with_context(mail_notify_force_send=False, tz=tz, lang=lang)

    def _get_reaching_elsewhere(self, records):
        """Return the ids of the records by which this step would change another company's records: a contact, an
        opportunity, the end of a path. Shared records belong to no other company, nor do contacts of a parent
        company, as for Odoo.
        """
        elsewhere = set()
        for record in records:
            company = self._get_sending_company(self._get_documents(record)[record.id])
            reached = (place for place in self._get_reached(record) if "company_id" in place)
            others = (place for place in reached if company and place.company_id - company)
            if any(not place.filtered_domain(place._check_company_domain(company)) for place in others):
                elsewhere.add(record.id)
        return elsewhere

    def _get_reached(self, record):
        """Yield the records this step changes by way of a record, and its recipient; colleagues work in several
        companies.
        """
        places = [place for places in self._get_places(record) for place in places]
        if self._get_kind().needs == "contact":
            places.append(self.env["crm.trigger.run"]._get_partner(record))
        yield from (place for place in places if place != record and place._name not in ("res.users", "res.company"))

    def _get_held_back(self, executions):
        """Return ``{execution: skip reason}`` of executions that are due and for which this step is not done.

        Override for reasons that depend on earlier steps rather than on the record.
        """
        return {}

    def _may_have_reached_others(self):
        """Return whether a rollback of this step may be incomplete: code and webhooks of an administrator."""
        return self.kind in self._get_kinds_where("drained", False)

    def _get_act_method(self):
        """Return the name of the method that runs this step."""
        return f"_act_{self.kind}" if hasattr(self, f"_act_{self.kind}") else "_act_server_action"

    def _get_companies(self, records):
        """Return ``{record id: company}`` as of now: a record may have moved since."""
        default = self.rule_id.company_id or self.env.company
        return {record.id: ("company_id" in record and record.company_id) or default for record in records}

    def _get_records(self, executions):
        model_name = self.rule_id.model_name
        return self.env[model_name].browse(executions.mapped("res_id"))

    def _get_results(self, executions, records):
        """Return the outcome of executions that created one record each, in the same order."""
        return {execution: made(record) for execution, record in zip(executions, records, strict=True)}

    def _act_other(self, executions):
        """Run an administrator's action. Its emails are emails too: they do not go to contacts who opted out."""
        if self.action_id.mail_post_method == "email" and self.template_id:
            return self._act_mail(executions)
        silent = self._get_silent(executions)
        outcomes = {line: skipped(states.SKIP_EMPTY) for line in silent}
        return outcomes | (self._act_server_action(executions - silent) if executions - silent else {})

    def _get_silent(self, executions):
        """Return those of these executions for which an administrator's message would be empty.

        Override for other kinds of messages.
        """
        return executions.browse()

    def _act_server_action(self, executions):
        """Run the server action as Odoo would from its menu."""
        records = self._get_records(executions)
        for batch in records if self.state in ONE_BY_ONE else [records]:
            self.action_id.with_context(active_model=batch._name, active_ids=batch.ids, active_id=batch[:1].id).run()
        return {}

    def _get_deadline(self, execution, user):
        """Return the due date of the activity, in the time zone of its assignee."""
        tz = user.tz or self.rule_id._get_tz(company=execution.company_id)
        if self.deadline_from == "date" and execution.run_id.date_value:
            value = execution.run_id._get_date()
            start = to_local(value, tz).date() if " " in execution.run_id.date_value else value
        else:
            start = to_local(fields.Datetime.now(), tz).date()
        unit = self.activity_date_deadline_range_type or "days"
        working = self._get_working_time(execution.company_id)
        return shift_day(start, self.activity_date_deadline_range, unit, working)
