from odoo import api, fields, models
from odoo.fields import Command


class IrActionsServer(models.Model):
    """From lead to opportunity, from prospect to customer."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("crm_convert", "Convert to Opportunity"), ("crm_customer", "Convert to Customer")],
        ondelete={"crm_convert": "cascade", "crm_customer": "cascade"},
    )
    create_customer = fields.Boolean(
        "Create the customer",
        help="If the lead has no contact and none has its email, a contact is created. Without this option, only "
        "an existing contact is linked.",
    )
    customer_tag_id = fields.Many2one(
        "res.partner.category",
        "Tag to add",
        ondelete="restrict",
        help="The tag of customers, for example “Customer”. It is added to the contact and its company.",
    )
    prospect_tag_id = fields.Many2one(
        "res.partner.category",
        "Tag to remove",
        ondelete="restrict",
        help="The tag of prospects, for example “Prospect”. It is removed from the contact and its company.",
    )

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "crm_convert" and self.model_name != "crm.lead":
            warnings.append(self.env._("Only leads can be converted to opportunities."))
        if self.state == "crm_customer" and not self._crm_trigger_has_contact():
            warnings.append(self.env._("These records have no contact that could become a customer."))
        for tag in (self.customer_tag_id | self.prospect_tag_id) if self.state == "crm_customer" else ():
            if not tag.active:
                warnings.append(self.env._("The tag “%s” is archived: unarchive it or choose another one.", tag.name))
        return warnings

    def _crm_trigger_has_contact(self):
        names = {self.model_name, self.env["crm.trigger.step"]._get_document_model_name(self.model_name)}
        return any(name and self.env["crm.trigger.run"]._get_partner_field(name) for name in names)

    def _run_action_crm_convert_multi(self, eval_context=None):
        records = self._crm_trigger_get_active_records()
        colleagues = self._crm_trigger_find_colleagues(records)
        records -= colleagues if self.create_customer else records.browse()
        leads = records.filtered(lambda lead: lead.type == "lead")
        lacking = self._crm_trigger_link_customers((records if self.create_customer else leads) - colleagues)
        if self.create_customer:
            self._crm_trigger_create_customers(lacking)
        self._crm_trigger_convert(leads)
        return False

    def _run_action_crm_customer_multi(self, eval_context=None):
        records = self._crm_trigger_get_active_records()
        if records._name == "crm.lead":
            leads = records - self._crm_trigger_find_colleagues(records)
            self._crm_trigger_create_customers(self._crm_trigger_link_customers(leads))
        get_partner = self.env["crm.trigger.run"]._get_partner
        self._crm_trigger_mark_customers(self.env["res.partner"].union(*map(get_partner, records)))
        return False

    @api.model
    def _crm_trigger_find_colleagues(self, records):
        """Return those of the records that are leads without a contact, with a colleague's address: a test of the
        website, or a forwarded mail. A colleague chosen as the contact is accepted.

        :param records: of any model
        """
        if records._name != "crm.lead":
            return records.browse()
        asking = records.filtered(lambda lead: not lead.partner_id and lead.email_normalized)
        people = self.env["res.users"].sudo()  # whoever triggers the conversion
        users = people.search([("email_normalized", "in", asking.mapped("email_normalized")), ("share", "=", False)])
        emails = set(users.mapped("email_normalized"))
        return asking.filtered(lambda lead: lead.email_normalized in emails)

    def _crm_trigger_link_customers(self, leads):
        """Link leads to the contacts with their email, as Odoo matches them; one search per company.

        :return: the leads without a known contact
        """
        lacking = leads.filtered(lambda lead: not lead.partner_id)
        asking = lacking.filtered(lambda lead: lead.email_normalized or lead.email_from)
        for company, group in asking.grouped("company_id").items():
            found = group._partner_find_from_emails(
                {lead: [lead.email_normalized or lead.email_from] for lead in group},
                filter_found=lambda partner, company=company: not (partner.company_id and company - partner.company_id),
                no_create=True,
            )
            # An empty contact is not written: Odoo would also clear the contact name of the lead.
            known = group.filtered(lambda lead, found=found: found[lead.id])
            for partner, same in known.grouped(lambda lead, found=found: found[lead.id][:1]).items():
                same.partner_id = partner
        return lacking.filtered(lambda lead: not lead.partner_id)

    def _crm_trigger_create_customers(self, leads):
        """Create the contacts of leads without one, as Odoo does when converting; one for leads with the same
        email.
        """
        made, step = {}, self._get_crm_trigger_step()
        for lead in leads:
            key = (lead.company_id, lead.email_normalized or lead)
            lead._handle_partner_assignment(force_partner_id=made.get(key))
            if key not in made:
                self._crm_trigger_hand_over(lead, step._get_owner(lead))
            made[key] = lead.partner_id.id

    def _crm_trigger_hand_over(self, lead, owner):
        """Assign a new contact, and its new company, to an active user: Odoo assigns them to the salesperson of the
        lead, who may have left.
        """
        created = lead.partner_id | lead.partner_id.parent_id
        if owner != lead.user_id:
            created.filtered(lambda partner: partner.user_id == lead.user_id).user_id = owner

    def _crm_trigger_convert(self, leads):
        for partner, group in leads.grouped("partner_id").items():
            group.convert_opportunity(partner)

    def _crm_trigger_mark_customers(self, partners):
        """Make contacts and their companies customers: for invoicing, and by their tags.

        :return: those that were not customers before
        """
        everybody = partners | partners.commercial_partner_id
        unranked = everybody.filtered(lambda partner: not partner.customer_rank)
        unranked.customer_rank = 1
        given = everybody.filtered(lambda partner: self.customer_tag_id - partner.category_id)
        given.category_id = [Command.link(self.customer_tag_id.id)]
        taken = everybody.filtered(lambda partner: self.prospect_tag_id & partner.category_id)
        taken.category_id = [Command.unlink(self.prospect_tag_id.id)]
        return unranked | given | taken
