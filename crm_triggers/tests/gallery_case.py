from odoo.addons.mail.tests.common import MailCase

from ..engine import states
from .common import CrmTriggersCommon


class GalleryCase(CrmTriggersCommon, MailCase):
    """Templates: used, activated, and fired by a real event.

    For each template ``template_x`` of an add-on there is a ``test_x`` that follows it from its first event to its
    last effect: at the end, each step of the rule was done.
    """

    module = "crm_triggers"

    def setUp(self):
        super().setUp()
        self.used = {}
        self.enterContext(self.mock_mail_gateway())

    def tearDown(self):
        if rule := self.used.get(self._testMethodName.removeprefix("test_")):
            lines = self.env["crm.trigger.execution"].search([("rule_id", "=", rule.id), ("state", "=", states.DONE)])
            self.assertEqual(lines.step_id, rule.sudo().step_ids, "each step has to be seen done")
        super().tearDown()

    def _use(self, name, *choices):
        """Return the rule that the manager created from a template, activated unchanged.

        :param choices: for each step in turn, the values that a template leaves open
        """
        xmlids = (f"{self.module}.{prefix}{name}" for prefix in ("template_", ""))
        ready = next(filter(None, (self.env.ref(xmlid, raise_if_not_found=False) for xmlid in xmlids)))
        ready = ready.with_user(self.manager)
        rule = ready.browse(ready.action_use()["res_id"])
        for step, values in zip(rule.step_ids, choices, strict=False):
            step.write(values)
        rule.action_activate()
        self._new_transaction()
        self.used[name] = rule
        return rule

    def _send(self, order):
        order.action_quotation_sent()
        self._new_transaction()

    def _answer(self, record):
        """Let the customer write about a record, as by email."""
        values = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        record.sudo().message_post(body="Let us talk", author_id=self.partner.id, **values)
        self._new_transaction()

    def _get_mails(self, partner=None):
        """Return the mails to a contact, Ada's by default, oldest first."""
        partner = partner or self.partner
        return self._new_mails.filtered(lambda mail: partner in mail.recipient_ids).sorted("id")

    def _get_mail_subjects(self):
        return self._get_mails().mapped("subject")

    def _get_told(self, record, words):
        """Return who was notified by the note with this text on a record."""
        return record.sudo().message_ids.filtered(lambda message: words in message.body).notified_partner_ids.user_ids

    def _let_mails_leave(self):
        """Let the mail server send what is queued: sent mails are not cancelled by a stop."""
        self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).state = "sent"
