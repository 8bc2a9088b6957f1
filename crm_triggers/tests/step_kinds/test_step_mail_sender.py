from odoo import fields
from odoo.fields import Command
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..mail_step_case import MailStepCase


@tagged("post_install", "-at_install")
class TestStepMailSender(MailStepCase):
    """Promise 8: whom a mail comes from, in which words and hours, as things are when it is sent."""

    # Sender

    def test_mail_comes_from_the_salesperson(self):
        """Author, address, signature: not the robot's. Fails without ``with_user`` in ``_write_mails``."""
        mail = self._send(self._create_template(email_from=False, body_html="<p><t t-out='user.name'/></p>"))

        self.assertEqual((mail.author_id, mail.email_from), (self.sam.partner_id, '"Sam" <sam@company.example.com>'))
        self.assertIn("Sam", mail.body_html)

    def test_mail_comes_from_nobody_of_another_company(self):
        """Promise 8: the contact is Zoe's, who works in Lyon; the lead is of Paris. Fails without ``company_ids``
        in ``_get_sender``."""
        self.partner.user_id = self.zoe
        lead = self._create_lead(user_id=False)
        mail = self._send(self._create_template(email_from=False), lead)

        self.assertEqual(mail.author_id, self.manager.partner_id)

    def test_mail_answers_come_back_to_the_salesperson(self):
        """Not to the robot."""
        self.company.alias_domain_id = False

        mail = self._send(self._create_template(email_from=False))

        self.assertIn("sam@company.example.com", mail.reply_to)

    def test_mail_answers_come_back_to_the_record_where_odoo_receives_mails(self):
        """Fails without ``REPLY_TO``: they land in a mailbox that Odoo does not see."""
        self.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "company.example.com", "catchall_alias": "all", "bounce_alias": "bounce"}
        )

        mail = self._send(self._create_template(email_from=False))

        self.assertIn("all@company.example.com", mail.reply_to)

    def test_mail_of_a_template_with_sender_and_reply_address_keeps_them(self):
        template = self._create_template(email_from="sales@company.example.com", reply_to="desk@company.example.com")

        mail = self._send(template)

        self.assertEqual((mail.email_from, mail.author_id), ("sales@company.example.com", self.sam.partner_id))
        self.assertEqual(mail.reply_to, "desk@company.example.com")

    def test_mails_of_several_salespeople_come_each_from_his_own(self):
        leads = self._create_leads(4)
        leads.sudo()[1::2].user_id = self.tom

        mails = self._send(self._create_template(email_from=False), leads)

        by_record = {mail.res_id: mail.author_id for mail in mails}
        self.assertEqual(by_record, {lead.id: lead.sudo().user_id.partner_id for lead in leads})
        results = {line.res_id: line.result_id for line in self._get_executions(leads)}
        self.assertEqual(results, {mail.res_id: mail.mail_message_id.id for mail in mails})

    def test_mail_of_nobody_comes_from_the_company(self):
        """Not from “OdooBot <odoobot@example.com>”. Fails without ``email_from`` in ``_write_mails``."""
        self.company.email = "hello@company.example.com"
        self.partner.user_id = False
        rule = self._rule_on_offer([self._mail(self._create_template(email_from=False))])
        rule.user_id = False
        lead = self._create_lead().sudo()
        lead.write({"user_id": False, "team_id": False})

        with self.mock_mail_gateway():
            self._drag(lead, self.stage_offer)
            self._run_worker()

        mail = self._new_mails
        self.assertEqual(mail.author_id, self.company.partner_id)
        self.assertIn("hello@company.example.com", mail.email_from)

    def test_mail_stays_on_the_record_after_it_is_sent(self):
        """The log leads to what the customer got. Fails without ``is_notification``."""
        mail = self._send(self._create_template(auto_delete=True))
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mail.send()

        self.assertFalse(mail.exists())
        message = self.env["mail.message"].browse(self._get_executions(self.leads).result_id)
        self.assertIn(message, self.leads.sudo().message_ids)

    # Users who left do not sign

    OWN = "{{ (object.user_id.email_formatted or object.company_id.email_formatted) }}"
    BODY = "<p><t t-out='object.user_id.name'/><t t-out='object.user_id.signature'/></p>"

    def _leave(self, user):
        """Let a salesperson leave the company while their records stay assigned to them."""
        user.signature = f"<p>Yours, {user.name} of sales</p>"
        user.active = False

    def test_salesperson_who_has_left_does_not_sign(self):
        """Neither by the template's sender, nor by name and signature in its text. Fails without
        ``_standing_in`` in ``_write_mails``."""
        lead = self._create_lead()
        self._leave(self.sam)
        self.manager.signature = "<p>Yours, Mona</p>"

        mail = self._send(self._create_template(email_from=self.OWN, body_html=self.BODY), lead)

        self.assertEqual((mail.author_id, mail.email_from), (self.manager.partner_id, self.manager.email_formatted))
        self.assertIn("Yours, Mona", mail.body_html)
        self.assertNotIn("Sam", mail.body_html)
        self.assertEqual(self.leads.user_id, self.sam, "the lead stays his")

    def test_colleague_who_works_in_another_company_now_does_not_sign(self):
        lead = self._create_lead()
        self.sam.write({"company_id": self.company_b.id, "company_ids": [Command.set(self.company_b.ids)]})

        mail = self._send(self._create_template(email_from=self.OWN, body_html=self.BODY), lead)

        self.assertEqual(mail.email_from, self.manager.email_formatted)
        self.assertNotIn("Sam", mail.body_html)

    def test_address_of_who_has_left_written_in_the_template(self):
        """Fails without ``_mend_crm_trigger_senders``."""
        self.company.alias_domain_id = False
        address = self.tom.email_formatted
        self._leave(self.tom)

        mail = self._send(self._create_template(email_from=address))

        self.assertEqual((mail.email_from, mail.author_id), (self.sam.email_formatted, self.sam.partner_id))
        self.assertNotIn("tom@", mail.reply_to)

    def test_address_of_a_colleague_who_may_write_is_the_managers_choice(self):
        mail = self._send(self._create_template(email_from=self.tom.email_formatted))

        self.assertEqual(mail.email_from, self.tom.email_formatted)

    def test_message_is_not_signed_by_who_has_left(self):
        lead = self._create_lead()
        self._leave(self.sam)
        template = self._create_template(body_html=self.BODY)
        step = {**self._note(), "message_body": False, "kind": "message", "template_id": template.id}
        self._rule_on_offer([step])
        with self.mock_mail_gateway():
            self._drag(lead, self.stage_offer)
            self._run_worker()

        message = self.env["mail.message"].browse(self._get_executions(lead).result_id)
        self.assertEqual(message.author_id, self.manager.partner_id)
        self.assertNotIn("Sam", message.body)

    def test_ready_templates_leave_it_to_the_step(self):
        """Fails with a sender in one of them."""
        data = self.env["ir.model.data"].search(
            [("model", "=", "mail.template"), ("module", "=like", "crm\\_triggers%")]
        )
        templates = self.env["mail.template"].browse(data.mapped("res_id"))

        self.assertTrue(templates)
        self.assertFalse(templates.filtered("email_from").mapped("name"))

    def test_upgrade_leaves_what_a_manager_wrote(self):
        """Fails without the script."""
        template = self.env.ref("crm_triggers.mail_template_quotation_followup")
        other = self.env.ref("crm_triggers.mail_template_invoice_reminder")
        template.email_from, other.email_from = self.OWN, "accounts@company.example.com"
        self.env.flush_all()

        path = file_path("crm_triggers/migrations/19.0.1.5.0/post-senders.py")
        load_script(path, "crm_triggers_post_senders").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()

        self.assertEqual((template.email_from, other.email_from), (False, "accounts@company.example.com"))

    # In which words and hours

    def test_mails_are_each_in_the_language_of_the_recipient_layout_included(self):
        """K50: several languages in one batch."""
        layout = self.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "name": "Layout",
                "key": "crm_triggers.test_layout",
                "arch": "<t t-name='x'><div>In English</div><t t-out='message.body'/></t>",
            }
        )
        layout.update_field_translations("arch_db", {"fr_FR": {"In English": "En français"}})
        template = self._create_template(email_layout_xmlid=layout.key)
        template.with_context(lang="fr_FR").write({"subject": "Bonjour", "body_html": "<p>Bonjour</p>"})
        leads = self._create_leads(2)
        leads[1].partner_id = self.env["res.partner"].create(
            {"name": "Zola", "email": "zola@example.com", "lang": "fr_FR"}
        )

        mails = self._send(template, leads).sorted("res_id")

        self.assertEqual(mails.mapped("subject"), ["Hello", "Bonjour"])
        self.assertIn("In English", mails[0].body_html)
        self.assertIn("En français", mails[1].body_html)

    def test_mail_speaks_in_the_hours_of_the_recipient(self):
        """16:00 UTC is 17:00 in Paris and 11:00 in Montréal. Fails without ``tz`` in ``_act_mail``
        and without ``_render_eval_context``: Odoo takes the zone of the robot, which has none."""
        named, given = "dt=object.date_open, dt_format='HH:mm'", "object.date_open, False, 'HH:mm'"
        body = "".join(f'<p><t t-out="format_datetime({how})"/></p>' for how in (named, given))
        leads = self._create_leads(2)
        leads.sudo().write({"date_open": "2026-02-03 16:00:00"})
        self.partner.tz = False  # as of the company, then
        leads[1].partner_id = self.env["res.partner"].create(
            {"name": "Céline", "email": "celine@example.com", "tz": "America/Montreal"}
        )

        mails = self._send(self._create_template(body_html=body), leads).sorted("res_id")

        self.assertEqual(mails[0].body_html.count("17:00"), 2)
        self.assertEqual(mails[1].body_html.count("11:00"), 2)

    def test_mail_knows_the_company_of_its_record(self):
        """K22: a rule for all companies."""
        body = "<p><t t-out='env.company.name'/></p>"
        self._rule_on_offer([self._mail(self._create_template(body_html=body))], user=self.admin, company_id=False)
        lead = self.env["crm.lead"].create(
            {"name": "L", "company_id": self.company_b.id, "user_id": self.zoe.id, "partner_id": self.partner.id}
        )

        with self.mock_mail_gateway():
            self._drag(lead, self.stage_offer)
            self._run_worker()

        self.assertIn("Lyon", self._new_mails.body_html)
        self.assertEqual(self._new_mails.author_id, self.zoe.partner_id)

    def test_mail_takes_a_report_of_each_record_along(self):
        view = self.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "name": "crm_triggers_test_report",
                "key": "crm_triggers.test_report",
                "arch": "<t t-name='crm_triggers.test_report'><t t-foreach='docs' t-as='doc' t-out='doc.name'/></t>",
            }
        )
        report = self.env["ir.actions.report"].create(
            {
                "name": "Offer",
                "model": "crm.lead",
                "report_type": "qweb-text",
                "report_name": view.key,
                "print_report_name": "object.name",
            }
        )
        leads = self._create_leads(2)

        mails = self._send(self._create_template(report_template_ids=report.ids), leads).sorted("res_id")

        self.assertEqual([mail.attachment_ids.raw for mail in mails], [b"Lead 0", b"Lead 1"])
        self.assertEqual([mail.attachment_ids.mapped("name") for mail in mails], [["Lead 0.text"], ["Lead 1.text"]])

    def test_mail_waits_for_the_date_of_its_template(self):
        mail = self._send(self._create_template(scheduled_date="{{ '2026-02-04 08:00:00' }}"))

        self.assertEqual(mail.scheduled_date, fields.Datetime.to_datetime("2026-02-04 08:00:00"))
