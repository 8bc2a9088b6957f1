from odoo import api, fields, models

from ...trigger_kinds.happening.crm_trigger_rule import TIDYING

# The records whose activities each place stands for.
PLACES = {
    "record": ("record",),
    "opportunity": ("opportunity",),
    "both": ("record", "opportunity"),
    "contact": ("contact",),
    "all": ("record", "opportunity", "contact"),
}


class IrActionsServer(models.Model):
    """Closes activities that an event has completed."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_trigger_close", "Close Activities")], ondelete={"crm_trigger_close": "cascade"}
    )
    close_type_ids = fields.Many2many(
        "mail.activity.type",
        "crm_trigger_close_type_rel",
        "action_id",
        "type_id",
        "Activities to close",
        help="Open activities of these types are closed, regardless of who they are assigned to.",
    )
    close_place = fields.Selection(
        [
            ("record", "The record"),
            ("opportunity", "Its opportunity"),
            ("both", "The record and its opportunity"),
            ("contact", "Its contact"),
            ("all", "The record, its opportunity and its contact"),
        ],
        "Activities of",
        default="both",
        help="The record whose activities are closed: those about a quotation are often on its opportunity.",
    )
    close_as = fields.Selection(
        [("done", "Mark as done"), ("cancel", "Cancel")],
        "How",
        default="done",
        help="Mark as done: it stays in the history, as done by the user it was assigned to. Cancel: it is deleted, "
        "together with its meeting.",
    )
    close_feedback = fields.Char(
        "Feedback", translate=True, help="The text in the history below the activity that is marked as done."
    )

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_trigger_close" and (warning := self._get_crm_trigger_close_warning()):
            warnings.append(warning)
        return warnings

    def _get_crm_trigger_close_warning(self):
        if not self.close_type_ids:
            return self.env._("choose which activities to close.")
        return self._get_crm_trigger_place_warning()

    def _get_crm_trigger_place_warning(self):
        places = PLACES[self.close_place or "both"]
        if self.model_name and not any(self._has_crm_trigger_place(place) for place in places):
            return self.env._("these records have no such related record: choose whose activities to close.")
        return None

    def _has_crm_trigger_place(self, place):
        """Return whether records of the model can have activities at a place."""
        document_model = self.env["crm.trigger.step"]._get_document_model_name(self.model_name)
        if place == "contact":
            return self.env["crm.trigger.run"]._get_partner_field(document_model) is not None
        if place == "opportunity":
            return self._has_crm_trigger_opportunity(self.env[self.model_name])
        return "activity_ids" in self.env[document_model]

    @api.model
    def _has_crm_trigger_opportunity(self, record):
        field = record._fields.get("opportunity_id")
        return record._name == "crm.lead" or (field is not None and field.comodel_name == "crm.lead")

    @api.model
    def _get_crm_trigger_place(self, record, place):
        """Return the record whose activities a place stands for; may be empty.

        :param str place: ``record``, ``opportunity`` or ``contact``
        """
        if place == "contact":
            return self.env["crm.trigger.run"]._get_partner(record)
        if place == "record":
            return self.env["crm.trigger.step"]._get_documents(record)[record.id]
        if not self._has_crm_trigger_opportunity(record):
            return self.env["crm.lead"].browse()
        return record if record._name == "crm.lead" else record.opportunity_id

    def _run_action_crm_trigger_close_multi(self, eval_context=None):
        self._crm_trigger_close(self._crm_trigger_get_active_records())
        return False

    def _crm_trigger_close(self, records):
        """Close the open activities of the chosen types, in the name of their assignees.

        :param records: recordset of one model
        :return: ``{record: result}``, for the records that had any: the message of a done activity, the record of a
        cancelled one
        """
        names = PLACES[self.close_place or "both"]
        places = {record.id: [self._get_crm_trigger_place(record, name) for name in names] for record in records}
        activities = self._search_crm_trigger_ours(records, places)
        there = {(activity.res_model, activity.res_id) for activity in activities}
        traces = {}
        if self.close_as == "cancel":
            # A rule completes them, no user cancels them. With their meetings, as Odoo's button does: one that
            # stayed would keep its time taken.
            activities.with_context(**{TIDYING: True}).unlink_w_meeting()
        else:
            messages = self._crm_trigger_mark_done(activities)
            traces = {(message.model, message.res_id): message for message in messages}
        return {
            record_id: traces.get((place._name, place.id), place)
            for record_id, found in places.items()
            for place in reversed(found)
            if (place._name, place.id) in there
        }

    def _search_crm_trigger_ours(self, records, places):
        """Return the open activities at the places of records, except those of other companies.

        :param dict places: ``{record id: [records that may have activities]}``
        """
        step, get_documents = self._get_crm_trigger_step(), self.env["crm.trigger.step"]._get_documents
        company_of = {record.id: step._get_sending_company(get_documents(record)[record.id]) for record in records}
        activities = self._search_crm_trigger_open([place for found in places.values() for place in found])
        at, planned_for = activities.grouped(lambda one: (one.res_model, one.res_id)), self._get_planned_for(activities)
        return activities.browse().union(
            *(
                at.get((place._name, place.id), activities.browse()).filtered(
                    lambda one, place=place, company=company_of[record_id]: self._is_crm_trigger_ours(
                        one, place, company, planned_for.get(one.id)
                    )
                )
                for record_id, found in places.items()
                for place in found
            )
        )

    @api.model
    def _get_planned_for(self, activities):
        """Return ``{activity id: company}`` of activities planned by rules."""
        domain = [("result_model", "=", "mail.activity"), ("result_id", "in", activities.ids)]
        lines = self.env["crm.trigger.execution"].sudo().search(domain) if activities else ()
        return {line.result_id: line.company_id for line in lines}

    @api.model
    def _is_crm_trigger_ours(self, activity, place, company, planned_for):
        """Return whether an activity belongs to a company: on one of its records; on a shared record, such as
        a contact of its parent company, if its rule planned it there or its assignee works in the company.

        :param company: ``res.company``; if empty, all activities match
        :param planned_for: the company of the record for which a rule planned it; empty or None if unknown
        """
        of = place.company_id if "company_id" in place else company.browse()
        own = of - (company.parent_ids - company) or planned_for
        if not company or own:
            return not company or own == company
        return not activity.user_id or company in activity.user_id.company_ids

    def _search_crm_trigger_open(self, places):
        """Return the open activities of the chosen types on these records."""
        activities = self.env["mail.activity"]
        types = [("activity_type_id", "in", self.close_type_ids.ids)]
        for model_name in {place._name for place in places}:
            ids = [place.id for place in places if place._name == model_name]
            activities |= activities.search([("res_model", "=", model_name), ("res_id", "in", ids), *types])
        return activities

    def _crm_trigger_mark_done(self, activities):
        """Mark activities as done, each by its assignee and in their language; return the messages.

        With superuser rights: the assignee may not have the rights for what the rule does.
        """
        messages = self.env["mail.message"]
        for user, group in activities.grouped("user_id").items():
            whose = group.with_user(user or self.env.user).sudo()
            whose = whose.with_context(lang=user.lang, mail_activity_quick_update=True)
            done, _next = whose._action_done(feedback=self.with_context(lang=user.lang).close_feedback)
            messages |= done.with_env(self.env)
        return messages
