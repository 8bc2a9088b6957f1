import os

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..document_case import DocumentCase
from .effects import Scene, changed, look

# `./dev torture lives` uses more, and different ones each time: one for each five of its lives.
EXAMPLES = int(os.environ.get("CRM_TRIGGERS_EXAMPLES", "150")) // 5
SEED = int(os.environ.get("CRM_TRIGGERS_SEED", "19"))
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
CONTACTS = ("as usual", "archived", "blacklisted", "without address", "of another company", "a colleague who left")
DOCUMENTS = ("draft", "sent", "signed", "paying", "ordered", "invoiced", "cancelled")
SALESPEOPLE = ("as usual", "who left", "of another company", "nobody")
# Per kind of step, the aspect that shows it, and those that change along with it.
SHOWN = {
    "activity": ("activities", ()),
    "note": ("notes", ()),
    "message": ("comments", ("mails",)),
    "mail": ("mails", ("comments", "notes")),
    "update": ("salesperson", ()),
    "opportunity": ("opportunity", ()),
    "customer": ("tags", ()),
    "send": ("mails", ("state", "comments", "notes")),
    "confirm": ("state", ()),
    "discount": ("price", ()),
    "down_payment": ("invoices", ()),
    "agenda": ("meetings", ("activities",)),
    "close": ("closed", ("activities",)),
    "enroll": ("runs", ()),
}


@tagged("post_install", "-at_install")
class TestPropertyEffects(DocumentCase):
    """Done means that it was done: each "done" in the log has its effect, and each effect its "done"."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checking = cls.env["mail.activity.type"].create({"name": "Check"})
        cls.tag = cls.env["res.partner.category"].create({"name": "Client"})
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "8 to 17", "tz": "Europe/Paris", "company_id": cls.company.id}
        )

    def _get_step(self, kind):
        values = {
            "activity": self._task("Call"),
            "note": self._note("A word"),
            "message": {"message_body": "<p>A word</p>"},
            "mail": {"template_id": self._create_template("sale.order", body_html="<p>A word</p>").id},
            "update": {"update_path": "user_id", "value": str(self.tom.id)},
            "customer": {"customer_tag_id": self.tag.id},
            "discount": {"discount_percent": 10, "discount_days": 7},
            "down_payment": {"down_payment_percent": 30},
            "agenda": {"agenda_title": "Prepare the offer"},
            "close": {"close_type_ids": [Command.set(self.checking.ids)]},
        }
        if kind == "enroll":
            other = self._create_scenario([self._task(delay_count=1)], name="Other")
            values["enroll"] = {"scenario_id": other.id}
        return {"kind": kind, "name": kind, **values.get(kind, {})}

    def _create_contact(self, contact):
        partner = self.env["res.partner"].create({"name": "Eve", "email": "eve@example.com"})
        if contact == "of another company":
            partner.company_id = False
            other = self.env["res.partner"].create({"name": "Lyon's", "email": "eve@lyon.example.com"})
            other.company_id = self.company_b
            return partner
        if contact == "a colleague who left":
            user = self._create_user("gone", "base.group_user")
            user.active = False
            return user.partner_id
        if contact == "without address":
            partner.email = False
        return partner

    def _create_document(self, contact, document, salesperson):
        partner = self._create_contact(contact)
        order = self._create_taxed(partner_id=partner.id, require_signature=True, validity_date="2026-12-31")
        order.activity_schedule(activity_type_id=self.checking.id, user_id=self.sam.id)
        order.user_id = {"who left": self._gone(), "of another company": self.zoe, "nobody": False}.get(
            salesperson, self.sam
        )
        if document not in ("draft", "cancelled"):
            order.action_quotation_sent()
        if document == "signed":
            order.write({"signed_by": "Eve", "signed_on": "2026-02-02 09:00:00", "signature": PIXEL})
        elif document == "paying":
            self._pay_online(order, "pending")
        elif document == "cancelled":
            order._action_cancel()
        elif document in ("ordered", "invoiced"):
            order.action_confirm()
            if document == "invoiced":
                order._create_invoices().action_post()
        if contact == "archived":
            partner.active = False
        elif contact == "blacklisted":
            self.env["mail.blacklist"]._add(partner.email)
        self._new_transaction()
        return partner, order

    def _gone(self):
        user = self._create_user("left", "base.group_user,sales_team.group_sale_salesman")
        user.active = False
        return user

    @mute_logger("odoo.addons.crm_triggers.models.isolation", "odoo.addons.crm_triggers.models.queue.worker")
    def test_done_means_done(self):
        """Promise 1 and 5, K16, K38, K43: for any contact, and any state of the document."""
        calm = settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )

        @seed(SEED)
        @calm
        @given(*map(st.sampled_from, (tuple(SHOWN), CONTACTS, DOCUMENTS, SALESPEOPLE)))
        def live(kind, contact, document, salesperson):
            with self.env.cr.savepoint() as savepoint:
                self._try(kind, contact, document, salesperson)
                savepoint.rollback()
            self.env.invalidate_all()
            self.env.cr.postcommit.clear()
            self.env.registry.clear_cache()

        live()

    def _try(self, kind, contact, document, salesperson):
        rule = self._create_rule(trigger="manual", model="sale.order", steps=[self._get_step(kind)], user=self.admin)
        partner, order = self._create_document(contact, document, salesperson)
        scene = Scene(self.env(su=True), order, partner)
        before = look(scene)

        self._enroll(rule, order)

        execution = self._get_executions(order, rule)
        happened = changed(before, look(scene))
        shown, along = SHOWN[kind]
        told = f"{kind}, contact {contact}, document {document}, salesperson {salesperson}: {execution.skip_reason}"
        self.assertIn(execution.state, ("done", "skipped"), f"{told} {execution.error}")
        if execution.state == "done":
            self.assertIn(shown, happened, told)
            self.assertLessEqual(happened, {shown, *along}, told)
        else:
            self.assertTrue(execution.skip_reason, told)
            self.assertEqual(happened, set(), told)
