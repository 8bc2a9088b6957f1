from odoo import models
from odoo.tools.mail import email_normalize

SENDER = "crm_triggers_sender"  # context key: (sender's address, id of the company they write for)


class MailTemplate(models.Model):
    """A template may set the sender of an email, except to a user who left."""

    _inherit = "mail.template"

    def _mend_crm_trigger_senders(self, render_results):
        """Replace sender addresses of users who may not write for the company, and empty ones, by the actual
        sender's.

        :param dict render_results: ``{record id: rendered values}``; changed in place
        """
        if SENDER not in self.env.context:
            return
        address, company_id = self.env.context[SENDER]
        company = self.env["res.company"].browse(company_id)
        emails = {res_id: email_normalize(values.get("email_from")) for res_id, values in render_results.items()}
        gone = self.env["crm.trigger.step"]._get_gone_addresses(emails.values(), company)
        for res_id, values in render_results.items():
            if "email_from" in values and (not values["email_from"] or emails[res_id] in gone):
                values["email_from"] = address


class CrmTriggerStep(models.Model):
    """Addresses that may not be used as sender."""

    _inherit = "crm.trigger.step"

    def _get_gone_addresses(self, emails, company):
        """Return those addresses that belong only to users who may not write for a company, as a set.

        :param emails: normalized addresses
        :param company: ``res.company``, maybe empty
        """
        emails = {email for email in emails if email}
        if not emails:
            return set()
        people = self.env["res.users"].sudo().with_context(active_test=False)  # the system writes
        users = people.search([("email_normalized", "in", list(emails)), ("share", "=", False)])
        may = users._crm_trigger_there(company)
        return set(users.mapped("email_normalized")) - {*may.mapped("email_normalized"), email_normalize(company.email)}
