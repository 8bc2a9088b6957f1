from odoo import fields
from odoo.addons.mail.tests.common import MailCase
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestNeutralize(CrmTriggersCommon, MailCase):
    """A copy of a database writes to no customer and calls no webhook."""

    def _neutralize(self):
        """Run the SQL that Odoo runs on a copy, ours included."""
        modules = self.env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
        self.assertIn("crm_triggers", modules)
        self.env.cr.flush()
        for query in get_neutralization_queries(modules):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()

    def test_copy_does_nothing_that_was_planned_and_captures_nothing(self):
        """Fails without ``neutralize.sql``."""
        hook = {"kind": "other", "name": "Hook", "state": "webhook", "webhook_url": "http://127.0.0.1:9/hook"}
        steps = [self._mail(self._create_template(), delay_count=1), {**hook, "sequence": 20}]
        rule = self._rule_on_offer(steps, user=self.admin)
        trying = self._rule_on_offer(activate=False)
        trying.action_test()
        lead, other = self._create_leads(2)
        self._drag(lead, self.stage_offer)

        self._neutralize()
        with self.mock_mail_gateway():
            self._drag(other, self.stage_offer)
            self._commit()
            self._run_until("2026-02-10 09:00")

        self.assertFalse(self._new_mails)
        self.assertEqual((rule | trying).mapped("state"), ["paused"] * 2)
        self.assertFalse(self._get_runs(other))
        self.assertNotIn("scheduled", self._get_executions(lead).mapped("state"))
        self.assertEqual(self._get_runs(lead).mapped("state"), ["stopped"] * 2)

    def test_copy_keeps_nothing_that_waited(self):
        """What was to be taken in, and mails and invoices of rules that are not sent yet; those of people stay."""
        rule = self._rule_on_offer([self._mail(self._create_template())])
        lead, waiting = self._create_leads(2)
        self._drag(lead, self.stage_offer)
        self._run_worker()
        mails = self._get_mails(lead)
        self.assertEqual(mails.mapped("state"), ["outgoing"])
        other = self.env["mail.mail"].create({"subject": "Mine", "email_to": "eve@example.com"})
        invoice = self._create_invoice()
        invoice.sending_data = {"author_user_id": self.sam.id, "crm_triggers": True}
        self.env["crm.trigger.backlog"]._add(rule, waiting.ids)

        self._neutralize()

        self.assertEqual((mails | other).mapped("state"), ["cancel", "outgoing"])
        self.assertFalse(invoice.sending_data)
        self.assertFalse(rule.backlog_count)

    def _get_mails(self, lead):
        messages = self.env["mail.message"].browse(self._get_executions(lead).mapped("result_id"))
        return self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])

    def test_copy_has_its_clock_and_worker_off_and_its_webhooks_lead_nowhere(self):
        hook = {"kind": "other", "name": "Hook", "state": "webhook", "webhook_url": "http://127.0.0.1:9/hook"}
        rule = self._rule_on_offer([hook], user=self.admin)

        self._neutralize()

        crons = self.env.ref("crm_triggers.ir_cron_execute") | self.env.ref("crm_triggers.ir_cron_sweep")
        self.assertEqual(crons.mapped("active"), [False, False])
        self.assertNotIn("127.0.0.1", rule.step_ids.action_id.webhook_url)

    def test_copy_whose_rule_is_switched_on_again_starts_from_then(self):
        """To try it out there; the mails it writes find no server. Fails without ``activated_at``
        in ``neutralize.sql``."""
        rule = self._create_rule("date", [self._task()], date="date_deadline", late_days=60)
        self._neutralize()
        lead = self._create_lead(date_deadline="2026-02-04")
        self._move_to("2026-02-10 09:00")

        rule.with_user(self.manager).action_activate()
        switched_on_at = fields.Datetime.now()
        self._run_sweep()

        self.assertFalse(self._get_runs(lead))
        self.assertEqual(rule.activated_at, switched_on_at)
