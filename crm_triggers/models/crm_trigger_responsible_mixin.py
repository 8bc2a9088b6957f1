from odoo import models


class CrmTriggerResponsibleMixin(models.AbstractModel):
    """Finding who a step is for."""

    _name = "crm.trigger.responsible.mixin"
    _description = "Responsible of Trigger Steps"

    def _get_senders(self, records):
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
