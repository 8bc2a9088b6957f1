from odoo import fields
from odoo.addons.mail.tests.common import MailCase
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..server_action_case import FAIL_ON_BAD, ServerActionCase

ISOLATION = "odoo.addons.crm_triggers.models.isolation"


@tagged("post_install", "-at_install")
class TestStepServerAction(ServerActionCase, MailCase):
    """K03: every kind of server action of Odoo's works as a step of the administrator, on
    several records at once, each once, as the system, in the company of the record."""

    # Update

    def test_write_by_expression_gives_each_record_its_own(self):
        leads = self._run_step(
            self._other(
                "object_write", update_path="referred", evaluation_type="equation", value="'About ' + record.name"
            )
        )

        self.assertEqual(leads.mapped("referred"), ["About Lead 0", "About Lead 1", "About Lead 2"])
        self.assertEqual(leads.write_uid, self.env.ref("base.user_root"))

    def test_write_of_a_sequence_gives_each_record_a_number(self):
        sequence = self.env["ir.sequence"].create({"name": "Leads", "prefix": "L"})

        leads = self._run_step(
            self._other("object_write", update_path="referred", evaluation_type="sequence", sequence_id=sequence.id)
        )

        self.assertEqual(leads.mapped("referred"), ["L1", "L2", "L3"])

    def test_write_of_each_type_of_value(self):
        """K36, K41: what the form offers is what is written."""
        tag, other = self.env["crm.tag"].create([{"name": "Hot"}, {"name": "Cold"}])
        three = self._get_field("priority").selection_ids.filtered(lambda choice: choice.value == "3")
        cases = {
            "date_deadline": ({"value": "2026-03-04"}, fields.Date.to_date("2026-03-04")),
            "expected_revenue": ({"value": "12.5"}, 12.5),
            "color": ({"value": "4"}, 4),
            "priority": ({"selection_value": three.id, "value": "3"}, "3"),
            "description": ({"html_value": "<p>Warm</p>"}, "<p>Warm</p>"),
            "active": ({"update_boolean_value": "true"}, True),
            "team_id": ({"value": str(self.team.id)}, self.team),
            "partner_id.city": ({"value": "Lyon"}, "Lyon"),
            "partner_id.category_id.color": ({"value": "3"}, 3),
        }
        self.partner.category_id = self.env["res.partner.category"].create({"name": "Client"})
        for path, (vals, expected) in cases.items():
            with self.subTest(path=path):
                leads = self._run_step(self._other("object_write", update_path=path, **vals))
                found = [lead.mapped(path) for lead in leads]
                self.assertEqual([value[0] if isinstance(value, list) else value for value in found], [expected] * 3)
        for operation, start, expected in (
            ("add", other, tag | other),
            ("remove", tag | other, other),
            ("set", other, tag),
            ("clear", tag | other, self.env["crm.tag"]),
        ):
            with self.subTest(operation=operation):
                leads = self._create_leads(3, tag_ids=[Command.set(start.ids)])
                step = self._other(
                    "object_write", update_path="tag_ids", update_m2m_operation=operation, value=str(tag.id)
                )
                self._run_step(step, leads)
                self.assertEqual([lead.tag_ids for lead in leads], [expected] * 3)

    # Create and copy

    def test_create_makes_one_record_each_and_links_it(self):
        leads = self._run_step(
            self._other(
                "object_create",
                crud_model_id=self.env["ir.model"]._get_id("res.partner"),
                value="Made by the rule",
                link_field_id=self._get_field("partner_id").id,
            )
        )

        self.assertEqual(leads.partner_id.mapped("name"), ["Made by the rule"] * 3)

    def test_copy_makes_one_record_each_and_links_it(self):
        model = self.env["res.partner"].create({"name": "Model", "city": "Lyon"})

        leads = self._run_step(
            self._other(
                "object_copy",
                crud_model_id=self.env["ir.model"]._get_id("res.partner"),
                resource_ref=f"res.partner,{model.id}",
                link_field_id=self._get_field("partner_id").id,
            )
        )

        self.assertEqual(leads.partner_id.mapped("city"), ["Lyon"] * 3)
        self.assertEqual(len(leads.partner_id - model), 3)

    # Code and several actions

    def test_code_sees_its_records_as_the_system_in_their_company(self):
        code = "records.write({'referred': '%s, %s, %s' % (env.company.name, env.uid, len(records))})"
        ours, theirs = self._create_leads(2), self.env["crm.lead"]
        theirs = theirs.create({"name": "Lyon", "company_id": self.company_b.id, "user_id": self.zoe.id})

        self._run_step(self._other("code", code=code), ours.sudo() | theirs, company_id=False)

        self.assertEqual(ours.mapped("referred"), [f"{self.company.name}, 1, 2"] * 2)
        self.assertEqual(theirs.referred, "Lyon, 1, 1")

    @mute_logger(ISOLATION)
    def test_several_actions_are_all_done_or_none_of_a_record(self):
        """One bad record hurts only itself, and nothing of it is left half done."""
        leads = self._create_leads(3)
        bad = leads[1]
        bad.name = "Bad"
        children = [
            {"state": "object_write", "update_path": "referred", "value": "seen"},
            {"state": "code", "code": FAIL_ON_BAD},
            {"state": "next_activity", "activity_type_id": self.todo.id, "activity_summary": "Call"},
        ]

        self._run_step(self._multi(children), leads)

        self.assertDone(leads - bad)
        self.assertEqual(leads.mapped("referred"), ["seen", False, "seen"])
        self.assertEqual([len(lead.activity_ids) for lead in leads], [1, 0, 1])

    # Mails, followers and activities

    def test_email_is_queued_for_each_record_and_respects_the_blacklist(self):
        """Promise 7: by Odoo's own action it would reach who asked for none. Fails without
        ``_act_other``."""
        leads = self._create_leads(3)
        leads[1].partner_id = self.env["res.partner"].create({"name": "Bob", "email": "bob@example.com"})
        self.env["mail.blacklist"]._add("bob@example.com")
        template = self._create_template(subject="{{ object.name }}")

        with self.mock_mail_gateway():
            self._run_step(self._other("mail_post", mail_post_method="email", template_id=template.id), leads)

            self.assertFalse(self._mails, "not sent within the transaction")
        self.assertEqual(sorted(self._new_mails.mapped("subject")), ["Lead 0", "Lead 2"])
        self.assertEqual(self._get_executions(leads).mapped("skip_reason"), [False, "blacklist", False])

    def test_comment_and_note_are_posted_on_each_record(self):
        template = self._create_template(body_html="<p>About <t t-out='object.name'/></p>")
        for method, subtype in (("comment", "mail.mt_comment"), ("note", "mail.mt_note")):
            with self.subTest(method=method), self.mock_mail_gateway():
                leads = self._run_step(self._other("mail_post", mail_post_method=method, template_id=template.id))
                for lead in leads:
                    message = lead.message_ids.filtered(lambda message: message.message_type == "auto_comment")
                    self.assertEqual((len(message), message.subtype_id), (1, self.env.ref(subtype)))
                    self.assertIn(f"About {lead.name}", message.body)
                self.assertFalse(self._mails, "not sent within the transaction")

    def test_followers_are_added_and_removed(self):
        follower = self.tom.partner_id
        leads = self._run_step(self._other("followers", followers_type="specific", partner_ids=follower.ids))
        self.assertEqual([follower in lead.message_partner_ids for lead in leads], [True] * 3)

        leads.write({"stage_id": self.stage_new.id})
        self._new_transaction()
        self._run_step(
            self._other("remove_followers", followers_type="specific", partner_ids=follower.ids),
            leads,
        )

        self.assertEqual([follower in lead.message_partner_ids for lead in leads], [False] * 3)

    def test_followers_of_a_field_follow_their_own_record_only(self):
        """A customer must not follow the records of others that were in the same batch. Fails
        without ``ONE_BY_ONE``."""
        partners = self.env["res.partner"].create([{"name": f"P{i}", "email": f"p{i}@x.example.com"} for i in range(3)])
        leads = self._create_leads(3)
        for lead, partner in zip(leads, partners, strict=True):
            lead.partner_id = partner
        vals = {"followers_type": "generic", "followers_partner_field_name": "partner_id"}

        self._run_step(self._other("followers", **vals), leads)

        self.assertEqual([lead.message_partner_ids & partners for lead in leads], list(partners))

    def test_followers_of_a_field_leave_their_own_record_only(self):
        leads = self._create_leads(2)
        partners = self.partner | self.tom.partner_id
        leads[1].partner_id = self.tom.partner_id
        leads.message_subscribe(partners.ids)
        vals = {"followers_type": "generic", "followers_partner_field_name": "partner_id"}

        self._run_step(self._other("remove_followers", **vals), leads, exclude_internal=False)

        self.assertEqual([lead.message_partner_ids & partners for lead in leads], [partners[1], partners[0]])

    def test_activity_of_the_server_action_keeps_its_own_options(self):
        """At 23:30 UTC it is tomorrow in Paris. Fails without ``tz`` in ``_act``."""
        self._move_to("2026-02-02 23:30")
        leads = self._create_leads(3)
        leads[1].sudo().user_id = self.tom
        vals = {
            "activity_type_id": self.todo.id,
            "activity_summary": "Look",
            "activity_date_deadline_range": 2,
            "activity_user_type": "generic",
            "activity_user_field_name": "user_id",
        }

        with self.mock_mail_gateway():
            self._run_step(self._other("next_activity", **vals), leads)

        activities = [lead.sudo().activity_ids for lead in leads]
        self.assertEqual([activity.user_id for activity in activities], [self.sam, self.tom, self.sam])
        self.assertEqual({str(activity.date_deadline) for activity in activities}, {"2026-02-05"})

    def test_sms_is_queued_for_each_record(self):
        """With sms installed. As a note on the record ("comment"), Odoo sends at once."""
        if "sms.template" not in self.env:
            return
        template = self.env["sms.template"].create(
            {"name": "SMS", "model_id": self.env["ir.model"]._get_id("crm.lead"), "body": "About {{ object.name }}"}
        )
        for method in ("sms", "note"):
            with self.subTest(method=method):
                leads = self._create_leads(3)
                for i, lead in enumerate(leads):
                    lead.partner_id = self.env["res.partner"].create({"name": "P", "phone": f"+3361234567{i}"})

                self._run_step(self._other("sms", sms_method=method, sms_template_id=template.id), leads)

                messages = self.env["sms.sms"].search([("partner_id", "in", leads.partner_id.ids)], order="id")
                self.assertEqual(messages.mapped("body"), [f"About {name}" for name in leads.mapped("name")])
                self.assertEqual(set(messages.mapped("state")), {"outgoing"}, "not sent within the transaction")
