from odoo import fields, models

from ....engine import states
from ...step.kinds import StepKind, declare, skipped

declare(
    "convert",
    StepKind(
        action={"state": "crm_convert"},
        icon="fa-exchange",
        heading="process",
        needs="lead",
        manager_fields=("create_customer",),
        defaults={"create_customer": True},
    ),
)
declare(
    "customer",
    StepKind(
        action={"state": "crm_customer"},
        icon="fa-handshake-o",
        heading="process",
        needs="contact",
        manager_fields=("customer_tag_id", "prospect_tag_id"),
    ),
)


class CrmTriggerStep(models.Model):
    """The steps that convert a lead, and that make a contact a customer."""

    _inherit = "crm.trigger.step"

    kind = fields.Selection(
        selection_add=[
            ("convert", "Convert the lead to an opportunity"),
            ("customer", "Convert the contact to a customer"),
            ("other",),
        ],
        ondelete={"convert": "cascade", "customer": "cascade"},
    )
    create_customer = fields.Boolean(related="action_id.create_customer", readonly=False)
    customer_tag_id = fields.Many2one(related="action_id.customer_tag_id", readonly=False)
    prospect_tag_id = fields.Many2one(related="action_id.prospect_tag_id", readonly=False)

    def _get_convert_phrase(self):
        if self.create_customer:
            return self.env._("convert the lead to an opportunity, with its customer")
        return self.env._("convert the lead to an opportunity")

    def _get_customer_phrase(self):
        given, taken = self.customer_tag_id.name, self.prospect_tag_id.name
        if given and taken:
            return self.env._(
                "convert the contact to a customer: tag “%(given)s” instead of “%(taken)s”", given=given, taken=taken
            )
        if given:
            return self.env._("convert the contact to a customer: tag “%s”", given)
        if taken:
            return self.env._("convert the contact to a customer: remove the tag “%s”", taken)
        return self.env._("convert the contact to a customer")

    def _act_convert(self, executions):
        """Convert the open leads; those without a known contact get one first.

        An opportunity without a contact, from a website form for instance, gets one.
        """
        records, reasons = self._get_records(executions), {}
        for lead in records:
            if lead.type != "lead" and (lead.partner_id or not self.create_customer):
                reasons[lead] = states.SKIP_ALREADY
            elif not lead.active or lead.won_status != "pending":
                reasons[lead] = states.SKIP_CLOSED
        colleagues = self.action_id._crm_trigger_find_colleagues(records)
        if self.create_customer:
            reasons = dict.fromkeys(colleagues, states.SKIP_COLLEAGUE) | reasons
        going = executions.filtered(lambda line: records.browse(line.res_id) not in reasons)
        leads = self._get_records(going)
        lacking = self.action_id._crm_trigger_link_customers(leads - colleagues)
        if self.create_customer:
            self._create_customers(going, lacking)
        self.action_id._crm_trigger_convert((leads | leads).filtered(lambda lead: lead.type == "lead"))  # each once
        refused = {
            line: skipped(reasons[record])
            for line, record in zip(executions, records, strict=True)
            if record in reasons
        }
        return refused | self._get_results(going, leads)

    def _act_customer(self, executions):
        """Make the contacts customers; a lead without a known contact gets one first."""
        records = self._get_records(executions)
        colleagues = self.action_id._crm_trigger_find_colleagues(records)
        if records._name == "crm.lead":
            lacking = self.action_id._crm_trigger_link_customers((records | records) - colleagues)
            self._create_customers(executions, lacking)
        get_partner = self.env["crm.trigger.run"]._get_partner
        partners = {line: get_partner(record) for line, record in zip(executions, records, strict=True)}
        changed = self.action_id._crm_trigger_mark_customers(self.env["res.partner"].union(*partners.values()))
        outcomes = {}
        for line, partner in partners.items():
            if not partner:
                reason = states.SKIP_COLLEAGUE if line.res_id in colleagues._ids else states.SKIP_NO_CONTACT
                outcomes[line] = skipped(reason)
            elif (partner | partner.commercial_partner_id) & changed:
                outcomes |= self._get_results(line, partner)
            else:
                outcomes[line] = skipped(states.SKIP_ALREADY)
        return outcomes

    def _create_customers(self, executions, leads):
        """Create the contacts of leads, never two for one email, even if another worker does so at the same time,
        for this step or another rule's.

        :raises SerializationFailure: another worker created one meanwhile
        """
        keys, taken = {}, set()
        for line in executions.filtered(lambda line: line.res_id in leads._ids):
            lead = leads.browse(line.res_id)
            key = f"customer {lead.company_id.id} {lead.email_normalized}"
            if lead.email_normalized and key not in taken:
                taken.add(key)
                keys[line] = key
        # The previous one was deleted, or has another email: the search found none.
        past = self.env["crm.trigger.execution"].search([("joint_key", "in", list(taken))])
        past.joint_key = False
        past.flush_recordset(["joint_key"])
        self._reserve(keys, executions)
        self.action_id._crm_trigger_create_customers(leads)
