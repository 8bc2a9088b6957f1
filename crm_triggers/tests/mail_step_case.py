from odoo.addons.mail.tests.common import MailCase

from .common import CrmTriggersCommon


class MailStepCase(CrmTriggersCommon, MailCase):
    """Rules that send emails from templates."""

    def _send(self, template, leads=None):
        """Return the emails that a rule sends for the leads, or for a new one."""
        self._rule_on_offer([self._mail(template)])
        leads = (leads or self._create_lead()).sudo()
        with self.mock_mail_gateway():
            self._drag(leads, self.stage_offer)
            self._run_worker()
        self.leads = leads
        return self._new_mails

    def _plan(self, template, **vals):
        """Return a lead whose email is planned for the 5th."""
        self._rule_on_offer([self._mail(template, delay_count=3)], **vals)
        lead = self._create_lead()
        self._drag(lead, self.stage_offer)
        return lead
