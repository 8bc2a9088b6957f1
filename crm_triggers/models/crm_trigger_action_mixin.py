from functools import reduce
from operator import getitem

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools.mail import email_normalize, email_normalize_all, email_split_and_format

from ..engine import states
from ..engine.schedule import to_local


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
        :return dict: ``{execution: values to note on it}``, for instance the result's link, or
            the state ``skipped`` with its reason; those left out are simply done
        :raises Exception: nothing is done then
        """
        self.ensure_one()
        method = f"_act_{self.kind}" if hasattr(self, f"_act_{self.kind}") else "_act_server_action"
        outcomes = {}
        for company, group in executions.grouped("company_id").items():
            company = company or self.rule_id.company_id or self.env.company
            step = self.with_company(company).with_context(mail_notify_force_send=False)
            outcomes |= getattr(step, method)(group.with_env(step.env))
        return outcomes

    def _get_records(self, executions):
        model_name = self.rule_id.model_name
        return self.env[model_name].browse(executions.mapped("res_id"))

    def _act_server_action(self, executions):
        """Run the server action as Odoo would from its menu."""
        records = self._get_records(executions)
        self.action_id.with_context(active_model=records._name, active_ids=records.ids, active_id=records[:1].id).run()
        return {}

    def _act_activity(self, executions):
        """Plan one task per record, in one go."""
        responsibles = self._get_responsibles(self._get_records(executions))
        given = executions.filtered(lambda execution: responsibles[execution.res_id])
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)  # a task is seen, not mailed
            .create([self._prepare_activity_values(execution, responsibles[execution.res_id]) for execution in given])
        )
        nobody = {"state": states.SKIPPED, "skip_reason": states.SKIP_NO_RESPONSIBLE}
        return dict.fromkeys(executions - given, nobody) | _results(given, activities)

    def _prepare_activity_values(self, execution, user):
        step = self.with_context(lang=user.lang)  # in the words of who has to do it
        return {
            "res_model_id": self.env["ir.model"]._get_id(execution.res_model),
            "res_id": execution.res_id,
            "activity_type_id": self.activity_type_id.id,
            "summary": step.activity_summary,
            "note": step.activity_note,
            "user_id": user.id,
            "date_deadline": self._get_deadline(execution, user),
            "automated": True,
        }

    def _get_deadline(self, execution, user):
        """Return the day the task is due, on the calendar of who has to do it."""
        tz = user.tz or self.rule_id._get_tz()
        if self.deadline_from == "date" and execution.run_id.date_value:
            value = execution.run_id._get_date()
            start = to_local(value, tz).date() if " " in execution.run_id.date_value else value
        else:
            start = to_local(fields.Datetime.now(), tz).date()
        unit = self.activity_date_deadline_range_type or "days"
        return start + relativedelta(**{unit: self.activity_date_deadline_range})

    def _act_mail(self, executions):
        """Queue one mail per record that has somebody to send it to, in one go."""
        template, records = self.template_id, self._get_records(executions)
        reasons, blocked = self._get_refused(template, records)
        sendable = executions.filtered(lambda execution: execution.res_id not in reasons)
        mails = self.env["mail.mail"]
        if sendable:
            mails = template.send_mail_batch(sendable.mapped("res_id"), force_send=False)
            self._sign(mails, records)
            self._leave_out(mails, blocked)
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        refused = {
            execution: {"state": states.SKIPPED, "skip_reason": reasons[execution.res_id]}
            for execution in executions - sendable
        }
        return refused | _results(sendable, mails.mail_message_id)

    def _sign(self, mails, records):
        """Make the salespeople the authors of their customers' mails."""
        users = self._get_responsibles(records)
        for user, signed in mails.grouped(lambda mail: users[mail.res_id]).items():
            if user:
                signed.author_id = user.partner_id

    def _leave_out(self, mails, blocked):
        """Take those who want no mail out of mails that others receive as well."""
        for mail in mails if blocked else ():
            mail.recipient_ids -= mail.recipient_ids.filtered(lambda partner: partner.email_normalized in blocked)
            for fname in ("email_to", "email_cc"):
                kept = [email for email in email_split_and_format(mail[fname]) if email_normalize(email) not in blocked]
                mail[fname] = ", ".join(kept)

    def _get_refused(self, template, records):
        """Return ``{record id: reason}`` of the records whose mail would reach nobody but
        people who asked for none, and the set of those people's addresses.

        Odoo's templates do not look at the blacklist.
        """
        rendered = template._generate_template(records.ids, ("email_to", "partner_to", "email_cc"))
        emails, copies = {}, set()
        for res_id, values in rendered.items():
            partners = self.env["res.partner"].browse(values.get("partner_ids") or [])
            addresses = email_normalize_all(values.get("email_to") or "")
            emails[res_id] = {*partners.mapped("email_normalized"), *addresses} - {False}
            copies.update(email_normalize_all(values.get("email_cc") or ""))
        asked = [*copies, *(email for found in emails.values() for email in found)]
        blocked = set(self.env["mail.blacklist"].search([("email", "in", asked)]).mapped("email"))
        reasons = {}
        for res_id, found in emails.items():
            if not found:
                reasons[res_id] = states.SKIP_NO_RECIPIENT
            elif found <= blocked:
                reasons[res_id] = states.SKIP_BLACKLIST
        return reasons, blocked

    def _act_note(self, executions):
        """Leave a note in the chatter, with a bell for the responsible."""
        return self._post(executions, "mail.mt_note", notify=True)

    def _act_message(self, executions):
        """Post a message that the followers get."""
        return self._post(executions, "mail.mt_comment", notify=False)

    def _post(self, executions, subtype, *, notify):
        records = self._get_records(executions)
        users = self._get_responsibles(records)
        bodies = self._render_bodies(records, users)
        outcomes = {}
        for execution, record in zip(executions, records, strict=True):
            user = users[record.id]
            message = record.message_post(
                body=bodies[record.id],
                message_type="auto_comment",
                subtype_xmlid=subtype,
                author_id=self.env.ref("base.partner_root").id if notify else user.partner_id.id or None,
                partner_ids=user.partner_id.ids if notify else [],
            )
            outcomes |= _results(execution, message)
        return outcomes

    def _render_bodies(self, records, users):
        """Return ``{record id: Markup}``: the text, in the language of who reads it, or the template's."""
        if self.template_id:
            return self.template_id._render_field("body_html", records.ids, compute_lang=True)
        return {
            record.id: self.with_context(lang=users[record.id].lang or self.env.lang).message_body for record in records
        }

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
        """Tell whether the target has the value already; unclear for lists, which are written."""
        field = target._fields[fname]
        return field.type not in ("many2many", "one2many", "html") and all(
            field.convert_to_write(record[fname], record) == value for record in target
        )

    def _act_opportunity(self, executions):
        """Create the opportunity of the records that have none yet."""
        records = self._get_records(executions)
        without = executions.filtered(lambda e: not records.browse(e.res_id).opportunity_id)
        orders = self._get_records(without)  # two runs may be there for the same one
        self.action_id._crm_trigger_create_opportunities(orders)
        leads = self.env["crm.lead"].concat(*(order.opportunity_id for order in orders))
        already = {"state": states.SKIPPED, "skip_reason": states.SKIP_ALREADY}
        return dict.fromkeys(executions - without, already) | _results(without, leads)

    def _get_responsibles(self, records):
        """Return ``{record id: user}``: who the step is for, by its choice and then in turn
        the salesperson, the contact's, the team leader, the owner of the rule.

        Archived and external users are passed over; the user may be empty in the end.
        """
        return {
            record.id: next(
                (user for user in self._get_candidates(record) if user.active and not user.share),
                self.env["res.users"],
            )
            for record in records
        }

    def _get_candidates(self, record):
        """Yield users from the best to the last resort. Override for other ways to find one."""
        leader = record.team_id.user_id if "team_id" in record else self.env["res.users"]
        if self.responsible == "user":
            yield self.responsible_id
        elif self.responsible == "leader":
            yield leader
        elif self.responsible == "owner":
            yield self.rule_id.user_id
        for fname in ("invoice_user_id", "user_id"):
            if fname in record:
                yield record[fname]
        if "partner_id" in record:
            yield record.partner_id.user_id
        yield leader
        yield self.rule_id.user_id


def _results(executions, records):
    """Return the outcome of executions that made one record each, in the same order."""
    return {
        execution: {"result_model": record._name, "result_id": record.id}
        for execution, record in zip(executions, records, strict=True)
    }
