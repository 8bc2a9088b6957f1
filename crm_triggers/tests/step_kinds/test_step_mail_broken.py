from odoo.tests import tagged
from odoo.tools import mute_logger

from ..mail_step_case import MailStepCase

ISOLATION = "odoo.addons.crm_triggers.models.isolation"
RENDER = "odoo.addons.mail.models.mail_render_mixin"


@tagged("post_install", "-at_install")
class TestStepMailBroken(MailStepCase):
    """A deleted or broken template: the log shows how to fix it, and the other mails are sent."""

    def _assert_failed(self, lead, text):
        execution = self._get_executions(lead)
        self.assertEqual((execution.state, execution.attempts), ("scheduled", 1))
        self.assertRegex(execution.error, f"Rule “Rule”, step “Mail”: .*{text}")

    @mute_logger(ISOLATION)
    def test_mail_whose_template_was_deleted_says_what_to_do(self):
        """By the database itself. Not “Expected singleton”. Fails without ``_check_ready`` in ``_act``."""
        template = self._create_template()
        lead = self._plan(template)

        self.env.cr.execute("DELETE FROM mail_template WHERE id = %s", [template.id])
        self._move_to("2026-02-05 10:00")
        self._run_worker()

        self._assert_failed(lead, "choose the template of the email")

    @mute_logger(ISOLATION)
    def test_mail_whose_template_was_archived_says_what_to_do(self):
        """Fails without ``active`` in ``_get_problem``."""
        template = self._create_template()
        lead = self._plan(template)

        template.active = False
        self._move_to("2026-02-05 10:00")
        self._run_worker()

        self._assert_failed(lead, "the template “Template” is archived: unarchive it or choose another one")

    @mute_logger(ISOLATION, RENDER)
    def test_mail_whose_text_cannot_be_filled_in_shows_no_traceback_to_a_salesperson(self):
        """Fails without ``__cause__`` in ``describe``: the error is the whole text and a traceback."""
        template = self._create_template(body_html="<p>A long text <t t-out='100 / object.expected_revenue'/></p>")
        leads = self._create_leads(2, expected_revenue=50)
        leads[1].expected_revenue = 0

        self._send(template, leads)

        execution = self._get_executions(leads[1])
        self.assertIn("division by zero <t t-out=", execution.error)
        self.assertNotIn("Traceback", execution.error)
        self.assertNotIn("A long text", execution.error)
        self.assertIn("Traceback", execution.sudo().traceback)

    @mute_logger(ISOLATION, RENDER)
    def test_mail_whose_template_is_broken_for_one_record_says_what_to_do_and_reaches_the_others(self):
        """Fails without ``isolated`` in ``_write_mails``: the error does not name the template."""
        template = self._create_template(subject="{{ 100 / object.expected_revenue }}")
        leads = self._create_leads(3, expected_revenue=50)
        leads[1].expected_revenue = 0

        mails = self._send(template, leads)

        self.assertEqual(mails.mapped("subject"), ["2.0"] * 2)
        self._assert_failed(leads[1], "the template “Template” cannot be rendered for this record")
        self.assertEqual(self._get_executions(leads[1]).error.count("Rule “"), 1)
        self.assertEqual((self._get_executions(leads[0] | leads[2])).mapped("state"), ["done"] * 2)
