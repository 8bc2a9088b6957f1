from functools import reduce
from operator import getitem

from odoo import fields, models
from odoo.fields import Command

from ...engine import states
from ...engine.schedule import shift_day, to_local

# Server actions that Odoo runs on all records at once and that mix them up: with two customers in
# a batch, each would follow both records.
ONE_BY_ONE = ("followers", "remove_followers")


class CrmTriggerActionMixin(models.AbstractModel):
    """Doing what a step says, for many records at once.

    It runs as the system, in the company of each record and in the name of its salesperson,
    never as the person who happened to cause it.
    """

    _name = "crm.trigger.action.mixin"
    _description = "Action of Trigger Steps"

    def _act(self, executions):
        """Do this step for the records of the executions, all of one model.

        :param executions: ``crm.trigger.execution`` of this step
        :return: ``{execution: values to note on it}``, for instance the result's link, or
            the state ``skipped`` with its reason; those left out are simply done
        :raises Exception: nothing is done then
        """
        self.ensure_one()
        self._check_ready()  # its template may be gone since it was switched on
        method = self._get_act_method()
        companies = self._get_companies(self._get_records(executions))
        outcomes = {}
        for company, group in executions.grouped(lambda line: companies[line.res_id]).items():
            tz = company.partner_id.tz or self.rule_id._get_tz()  # the system is in no zone
            context = {"mail_notify_force_send": False, "tz": tz}
            step = self.with_company(company).with_context(**context)
            outcomes |= step._act_jointly(method, group.with_env(step.env))
        return outcomes

    def _get_act_method(self):
        """Return the name of the method that does this step.

        An administrator's email is an email as well: it is not for who asked for none.
        """
        if self.kind == "other" and self.action_id.mail_post_method == "email" and self.template_id:
            return "_act_mail"
        return f"_act_{self.kind}" if hasattr(self, f"_act_{self.kind}") else "_act_server_action"

    def _get_companies(self, records):
        """Return ``{record id: company}``, of this moment: a record may have moved since."""
        default = self.rule_id.company_id or self.env.company
        return {record.id: ("company_id" in record and record.company_id) or default for record in records}

    def _get_records(self, executions):
        model_name = self.rule_id.model_name
        return self.env[model_name].browse(executions.mapped("res_id"))

    def _get_results(self, executions, records):
        """Return the outcome of executions that made one record each, in the same order."""
        return {
            execution: {"result_model": record._name, "result_id": record.id}
            for execution, record in zip(executions, records, strict=True)
        }

    def _act_server_action(self, executions):
        """Run the server action as Odoo would from its menu."""
        records = self._get_records(executions)
        for batch in records if self.state in ONE_BY_ONE else [records]:
            self.action_id.with_context(active_model=batch._name, active_ids=batch.ids, active_id=batch[:1].id).run()
        return {}

    def _act_activity(self, executions):
        """Plan one task per record, in one go."""
        users, reasons = self._assign(executions)
        targets = self._get_targets(self._get_records(executions))
        given = executions.filtered(lambda execution: execution in users)
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)  # a task is seen, not mailed
            .create([self._prepare_activity_values(line, users[line], targets[line.res_id]) for line in given])
        )
        skipped = {line: {"state": states.SKIPPED, "skip_reason": reason} for line, reason in reasons.items()}
        return skipped | self._get_results(given, activities)

    def _prepare_activity_values(self, execution, user, target):
        step = self.with_context(lang=user.lang)  # in the words of who has to do it
        return {
            "res_model_id": self.env["ir.model"]._get_id(target._name),
            "res_id": target.id,
            "activity_type_id": self.activity_type_id.id,
            "summary": step.activity_summary,
            "note": step.activity_note,
            "user_id": user.id,
            "date_deadline": self._get_deadline(execution, user),
            "automated": True,
        }

    def _get_deadline(self, execution, user):
        """Return the day the task is due, where who has to do it is."""
        tz = user.tz or self.rule_id._get_tz(company=execution.company_id)
        if self.deadline_from == "date" and execution.run_id.date_value:
            value = execution.run_id._get_date()
            start = to_local(value, tz).date() if " " in execution.run_id.date_value else value
        else:
            start = to_local(fields.Datetime.now(), tz).date()
        unit = self.activity_date_deadline_range_type or "days"
        working = self._get_working_time(execution.company_id)
        return shift_day(start, self.activity_date_deadline_range, unit, working)

    def _act_update(self, executions):
        """Write the value on all records that have another one."""
        records, action = self._get_records(executions), self.action_id
        if action.evaluation_type != "value":
            return self._act_server_action(executions)
        *path, fname = action.update_path.split(".")
        value = action._eval_value()[action.id]
        outcomes, targets = {}, {}
        for execution, record in zip(executions, records, strict=True):
            target = reduce(getitem, path, record)
            if not target or self._is_so(target, fname, value):
                outcomes[execution] = {"state": states.SKIPPED, "skip_reason": states.SKIP_ALREADY}
                continue
            targets[execution] = target
            outcomes[execution] = {"result_model": target._name, "result_id": target[:1].id}
        if targets:
            next(iter(targets.values())).union(*targets.values()).write({fname: value})
        return outcomes

    def _is_so(self, target, fname, value):
        """Tell whether the target has the value already; texts with formatting are written anyway."""
        field = target._fields[fname]
        if field.type == "many2many":
            return all(_is_list_so(record[fname], *value[0]) for record in target)
        return field.type not in ("one2many", "html") and all(
            field.convert_to_cache(record[fname], record) == field.convert_to_cache(value, record) for record in target
        )

    def _act_opportunity(self, executions):
        """Create the opportunity of the records that have none yet."""
        records = self._get_records(executions)
        without = executions.filtered(lambda e: not records.browse(e.res_id).opportunity_id)
        orders = self._get_records(without)  # two runs may be there for the same one
        self.action_id._crm_trigger_create_opportunities(orders)
        leads = self.env["crm.lead"].concat(*(order.opportunity_id for order in orders))
        already = {"state": states.SKIPPED, "skip_reason": states.SKIP_ALREADY}
        return dict.fromkeys(executions - without, already) | self._get_results(without, leads)


def _is_list_so(lines, operation, line_id, line_ids):
    """Tell whether a command on a list would change nothing."""
    return {
        Command.LINK: line_id in lines._ids,
        Command.UNLINK: line_id not in lines._ids,
        Command.SET: set(line_ids or ()) == set(lines._ids),
        Command.CLEAR: not lines,
    }[operation]
