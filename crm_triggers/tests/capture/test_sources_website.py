from unittest.mock import patch

from psycopg2.extras import Json

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon

ISOLATION = "odoo.addons.crm_triggers.models.isolation"
ANSWERS = {
    "name": "Interested",
    "contact_name": "Ada",
    "email_from": "ada@example.com",
    "phone": "+33 1 23 45 67 89",
    "description": "Please call.",
    "Colour": "blue",  # a question of the form's own: Odoo adds it to the description
}
BROKEN_DOMAINS = {"field": "[('x_gone', '=', 1)]", "syntax": "[(", "name": "[('id', '=', unknown)]", "text": "{'a': 1}"}


@tagged("post_install", "-at_install")
class TestSourcesWebsite(HttpCase, CrmTriggersCommon):
    """Leads that a visitor without an account enters by a form of the website: promise 3."""

    def setUp(self):
        super().setUp()
        if "website_form_access" not in self.env["ir.model"] or "visitor_ids" not in self.env["crm.lead"]:
            self.skipTest("website_crm is not installed: there is no form to send")
        self.env["website"].search([]).write(
            {"crm_default_user_id": self.sam.id, "crm_default_team_id": self.team.id, "company_id": self.company.id}
        )
        self.team.use_leads = True
        self._new_transaction()

    def _send_form(self):
        """Send the form as a visitor does, with a file; return the lead it made."""
        self.authenticate(None, None)
        answer = self.url_open(
            "/website/form/crm.lead",
            data={**ANSWERS, "csrf_token": http.Request.csrf_token(self)},
            files=[("Plan", ("plan.txt", b"A plan", "text/plain"))],
        )
        self.env.invalidate_all()
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertIn("id", answer.json(), answer.text)
        return self.env["crm.lead"].browse(answer.json()["id"])

    def _assert_complete(self, lead):
        self.assertEqual((lead.name, lead.contact_name, lead.email_from), ("Interested", "Ada", "ada@example.com"))
        self.assertEqual((lead.user_id, lead.team_id, lead.company_id), (self.sam, self.team, self.company))
        self.assertIn("Please call.", lead.description)
        self.assertIn("Colour : blue", lead.description)
        files = self.env["ir.attachment"].search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)])
        self.assertEqual(files.mapped("raw"), [b"A plan"])
        self.assertTrue(lead.visitor_ids)

    def test_lead_of_a_form_starts_a_run(self):
        """The task is the salesperson's, made by the system and not by the visitor. Fails without
        ``create`` in ``base``."""
        self._create_rule("create", filter_domain=[("user_id", "=", self.sam.id)])

        lead = self._send_form()
        self._run_worker()

        self._assert_complete(lead)
        self.assertExecutions(lead, [("Call", "done")])
        self.assertEqual(lead.activity_ids.user_id, self.sam)
        self.assertNotEqual(lead.activity_ids.create_uid, self.env.ref("base.public_user"))

    def _set(self, record, **values):
        """Put what no screen accepts, as a deleted field or a restored backup does."""
        self.env.flush_all()
        for fname, value in values.items():
            self.env.cr.execute(f"UPDATE {record._table} SET {fname} = %s WHERE id = %s", (value, record.id))
        self.env.invalidate_all()

    def _break_by_template(self):
        failing, gone = self._create_template(), self._create_template(name="Gone")
        rules = self._create_rule("create", [self._mail(failing)]) | self._create_rule("create", [self._mail(gone)])
        self._set(failing, body_html=Json({"en_US": "<t t-out='object.x_gone'/>"}))
        self.env.cr.execute("DELETE FROM mail_template WHERE id = %s", [gone.id])
        self.env.invalidate_all()
        return rules

    def _break_by_steps(self):
        failing = self._create_rule("create", [self._code("raise ValueError('Bad')")], user=self.admin)
        committing = self._create_rule("create", [self._code("env.cr.rollback()")], user=self.admin)
        empty = self._create_rule("create", [self._task()])
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_trigger_step WHERE rule_id = %s", [empty.id])
        self.env.invalidate_all()
        return failing | committing | empty

    def _break_by_deletion(self):
        stage, tag = self.env["crm.stage"].create({"name": "Old"}), self.env["crm.tag"].create({"name": "Old"})
        rules = self._create_rule(filter_domain=[("stage_id", "!=", stage.id)])
        rules |= self._create_rule("create", [self._update("tag_ids", tag.id)])
        stage.unlink()
        tag.unlink()
        return rules

    def _break_by_calendar(self):
        self.company.resource_calendar_id = self.env["resource.calendar"].create({"name": "Office"})
        rule = self._create_rule("create", [self._task(delay_count=1, working_time=True)])
        self.company.resource_calendar_id.attendance_ids.unlink()
        return rule

    def _break_by_circle(self):
        rules = self.env["crm.trigger.rule"]
        for value, other in (("0", "1"), ("1", "0")):
            rules |= self._create_rule(
                steps=[self._update("priority", other)], filter_domain=[("priority", "=", value)]
            )
        return rules

    def _assert_sent_whatever(self, name, make):
        """Check that the form makes its lead with these rules, also when it is first read and when
        what the rules plan is carried out."""
        for cached in (False, True):
            with self.subTest(name, cached=cached):
                rules = make()
                if not cached:
                    self.env.registry.clear_cache()
                self._assert_complete(self._send_form())
                self._run_sweep()
                self._run_worker()
                rules.exists().action_draft()
                self._new_transaction()

    @mute_logger(ISOLATION, "odoo.sql_db", "odoo.domains", "odoo.addons.base.models.ir_qweb")
    def test_form_is_sent_whatever_the_conditions_of_rules(self):
        """Fails without ``isolated`` in ``_get_watch``; without those of ``_decide`` and ``_decide_changes``
        at once, for either holds it."""
        for fname in ("filter_domain", "filter_pre_domain", "stop_domain", "exclude_domain"):
            for what, domain in BROKEN_DOMAINS.items():

                def make(fname=fname, domain=domain):
                    rules = self._create_rule("create") | self._create_rule()
                    for rule in rules:
                        self._set(rule, **{fname: domain})
                    return rules

                self._assert_sent_whatever(f"{fname}: {what}", make)

    @mute_logger(
        ISOLATION, "odoo.sql_db", "odoo.addons.mail.models.mail_render_mixin", "odoo.addons.base.models.ir_qweb"
    )
    def test_form_is_sent_whatever_the_steps_of_rules(self):
        """Fails when steps are carried out in the transaction of the visitor."""
        for make in (
            self._break_by_template,
            self._break_by_steps,
            self._break_by_deletion,
            self._break_by_calendar,
            self._break_by_circle,
        ):
            self._assert_sent_whatever(make.__name__, make)

    @mute_logger(ISOLATION, "odoo.sql_db")
    def test_form_is_sent_with_slow_conditions_and_a_dead_worker(self):
        """Fails without ``bounded`` in ``look``."""
        rule = self._create_rule("create", filter_domain=[("name", "!=", False)])
        self.env.ref("crm_triggers.ir_cron_execute").unlink()
        origin = type(rule)._search_matching

        def slow(rules, res_ids):
            rules.env.cr.execute("SELECT pg_sleep(5)")
            return origin(rules, res_ids)

        with patch(f"{ISOLATION}.SLOW_SECONDS", 0.2), patch.object(type(rule), "_search_matching", slow):
            lead = self._send_form()

        self._assert_complete(lead)
        self.assertStopped(lead, "undecided")
