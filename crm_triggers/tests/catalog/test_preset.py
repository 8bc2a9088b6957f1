from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..preset_case import PresetCase


@tagged("post_install", "-at_install")
class TestPreset(PresetCase):
    """What starts a rule is picked by sales words, and means what the words say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["crm.tag"].create({"name": "Fair"})
        cls.reason, cls.other_reason = cls.env["crm.lost.reason"].create([{"name": "Price"}, {"name": "Delay"}])
        cls.campaign = cls.env["utm.campaign"].create({"name": "Spring"})
        cls.category = cls.env["res.partner.category"].create({"name": "Press"})
        cls.stage_won = cls.env["crm.stage"].create({"name": "Won", "sequence": 70, "is_won": True})

    def test_each_preset_starts_a_run_when_it_happens_and_not_before(self):
        """Fails for a preset whose conditions, date or state before are wrong, and for one without a proof."""
        values = {
            "lead_campaign": self.campaign,
            "opportunity_stage": self.stage_offer,
            "opportunity_tag": self.tag,
            "opportunity_lost_reason": self.reason,
            "contact_tag": self.category,
        }
        self._check_presets("crm_triggers", values)

    # Leads and opportunities

    def _make_lead_created(self):
        yield self._create_lead()
        yield self._create_lead(type="lead")

    def _make_lead_converted(self):
        lead = self._create_lead(type="lead")
        yield self._create_lead()
        lead.convert_opportunity(self.partner)
        yield lead

    def _make_opportunity_created(self):
        yield self._create_lead(type="lead")
        yield self._create_lead()

    def _make_lead_campaign(self):
        other = self.env["utm.campaign"].create({"name": "Autumn"})
        yield self._create_leads(2, campaign_id=other.id)
        yield self._create_lead(type="lead", campaign_id=self.campaign.id)

    def _make_opportunity_stage(self):
        lead = self._create_lead()
        yield self._drag(self._create_lead(), self.stage_later)
        self._drag(lead, self.stage_offer)
        yield lead

    def _make_opportunity_assigned(self):
        lead, other = self._create_lead(user_id=False).sudo(), self._create_lead()
        other.user_id = self.tom
        yield
        lead.user_id = self.sam
        yield lead

    def _make_opportunity_priority(self):
        lead = self._create_lead()
        lead.priority = "1"
        yield
        lead.priority = "2"
        yield lead

    def _make_opportunity_tag(self):
        lead = self._create_lead()
        yield
        lead.tag_ids = [Command.link(self.tag.id)]
        yield lead

    def _make_opportunity_meeting(self):
        lead = self._create_lead()
        values = {"name": "Visit", "start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00"}
        self.env["calendar.event"].create({**values, "opportunity_id": lead.id})
        yield self._run_until("2026-02-03 09:30:00")
        self._run_until("2026-02-03 10:30:00")
        yield lead

    def _make_opportunity_idle(self):
        lead, moved = self._create_leads(2)
        self._run_until("2026-02-08 09:00:00")
        yield self._drag(moved, self.stage_offer)
        self._run_until("2026-02-09 10:00:00")
        yield lead

    def _make_opportunity_closing(self):
        lead = self._create_lead(date_deadline="2026-02-20")
        yield self._run_until("2026-02-12 12:00:00")
        self._run_until("2026-02-13 12:00:00")
        yield lead

    def _make_opportunity_overdue(self):
        lead, won = self._create_leads(2, date_deadline="2026-02-20")
        won.action_set_won()
        yield self._run_until("2026-02-20 12:00:00")
        self._run_until("2026-02-21 12:00:00")
        yield lead

    def _make_opportunity_won(self):
        lead = self._create_lead()
        yield self._drag(lead, self.stage_offer)
        lead.action_set_won()
        yield lead

    def _make_opportunity_lost(self):
        lead = self._create_lead()
        yield
        lead.action_set_lost()
        yield lead

    def _make_opportunity_lost_reason(self):
        lead, other = self._create_leads(2)
        yield other.action_set_lost(lost_reason_id=self.other_reason.id)
        lead.action_set_lost(lost_reason_id=self.reason.id)
        yield lead

    def _make_opportunity_restored(self):
        lead = self._create_lead()
        yield lead.action_set_lost()
        lead.action_unarchive()
        yield lead

    def _make_opportunity_nothing_planned(self):
        lead, planned, done = self._create_leads(3)
        for other in planned + done:
            other.activity_schedule("mail.mail_activity_data_call", user_id=self.sam.id)
        done.sudo().activity_ids.action_feedback(feedback="Interested")
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield done + lead

    def _make_opportunity_last_activity_done(self):
        lead, other = self._create_leads(2)
        for _i in range(2):
            lead.activity_schedule("mail.mail_activity_data_call")
            other.activity_schedule("mail.mail_activity_data_call")
        yield [record.activity_ids[0].action_feedback() for record in lead + other]
        lead.activity_ids.action_feedback()
        yield lead

    def _make_lead_message_sent(self):
        lead = self._create_lead(type="lead")
        lead.message_post(body="Note", message_type="comment", subtype_xmlid="mail.mt_note")
        yield self._receive(lead)
        lead.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        yield lead

    def _make_opportunity_regularly(self):
        lead, won = self._create_leads(2)
        won.action_set_won()
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield lead

    def _make_opportunity_activity_planned(self):
        lead = self._create_lead()
        yield self._create_lead(type="lead").activity_schedule("mail.mail_activity_data_call")
        lead.activity_schedule("mail.mail_activity_data_call")
        yield lead

    def _make_opportunity_activity_done(self):
        lead = self._create_lead()
        activity = lead.activity_schedule("mail.mail_activity_data_call")
        yield lead.activity_schedule("mail.mail_activity_data_call").unlink()
        activity.action_feedback(feedback="Interested")
        yield lead

    def _make_opportunity_activity_cancelled(self):
        lead = self._create_lead()
        activity = lead.activity_schedule("mail.mail_activity_data_call")
        yield lead.activity_schedule("mail.mail_activity_data_call").action_feedback()
        activity.unlink()
        yield lead

    def _make_opportunity_call_planned(self):
        lead = self._create_lead()
        yield lead.activity_schedule("mail.mail_activity_data_todo")
        lead.activity_schedule("mail.mail_activity_data_call")
        yield lead

    def _make_opportunity_call_done(self):
        lead = self._create_lead()
        call = lead.activity_schedule("mail.mail_activity_data_call")
        yield lead.activity_schedule("mail.mail_activity_data_todo").action_feedback()
        call.action_feedback(feedback="No answer")
        yield lead

    def _create_meeting(self, lead):
        values = {"name": "Visit", "start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00"}
        return self.env["calendar.event"].create({**values, "opportunity_id": lead.id})

    def _make_opportunity_meeting_planned(self):
        lead = self._create_lead()
        yield self._create_meeting(self.env["crm.lead"])
        self._create_meeting(lead)
        yield lead

    def _make_opportunity_meeting_cancelled(self):
        lead = self._create_lead()
        yield (meeting := self._create_meeting(lead))
        meeting.action_archive()
        yield lead

    def _make_opportunity_meeting_held(self):
        lead, other = self._create_leads(2)
        self._create_meeting(lead)
        self._create_meeting(other).action_archive()
        yield self._run_until("2026-02-03 09:30:00")
        self._run_until("2026-02-03 10:30:00")
        yield lead

    def _make_opportunity_first_visit(self):
        lead, other = self._create_leads(2)
        self._create_meeting(other).videocall_location = "https://meet.example.com/1"
        visit = self._create_meeting(lead)
        (visit | visit.copy({"stop": "2026-02-03 11:00:00"})).location = "Lyon"
        yield self._run_until("2026-02-03 09:30:00")
        self._run_until("2026-02-03 12:30:00")
        yield lead

    def _receive(self, record):
        return record.message_post(
            body="Yes, please", author_id=self.partner.id, message_type="email", subtype_xmlid="mail.mt_comment"
        )

    def _make_opportunity_message_received(self):
        lead = self._create_lead()
        yield lead.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        self._receive(lead)
        yield lead

    def _make_opportunity_message_sent(self):
        lead = self._create_lead()
        lead.message_post(body="Note", message_type="comment", subtype_xmlid="mail.mt_note")
        yield self._receive(lead)
        lead.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        yield lead

    # Quotations and orders

    def _make_quotation_message_received(self):
        order, confirmed = self._create_order(), self._create_order()
        confirmed.action_confirm()
        yield self._receive(confirmed)
        self._receive(order)
        yield order

    def _make_quotation_created(self):
        yield
        yield self._create_order()

    def _make_quotation_sent(self):
        order = self._create_order()
        yield
        order.action_quotation_sent()
        yield order

    def _make_quotation_signed(self):
        order = self._create_order()
        yield order.action_quotation_sent()
        order.sudo().write({"signed_by": "Ada", "signed_on": fields.Datetime.now()})  # as the portal does
        yield order

    def _make_quotation_expires(self):
        order = self._create_order(validity_date="2026-02-20")
        self._create_order(validity_date="2026-02-20").action_confirm()
        yield self._run_until("2026-02-16 12:00:00")
        self._run_until("2026-02-17 12:00:00")
        yield order

    def _make_quotation_expired(self):
        order = self._create_order(validity_date="2026-02-20")
        yield self._run_until("2026-02-20 12:00:00")
        self._run_until("2026-02-21 12:00:00")
        yield order

    def _make_quotation_cancelled(self):
        order = self._create_order()
        yield order.action_quotation_sent()
        order._action_cancel()
        yield order

    def _make_quotation_refused(self):
        order, draft = self._create_order(), self._create_order()
        order.action_quotation_sent()
        yield draft._action_cancel()
        order._action_cancel()
        yield order

    def _make_quotation_again(self):
        """A quotation of another opportunity, or of none, is none; nor is a second draft."""
        lead, other = self._create_leads(2)
        sent = self._create_order(opportunity_id=lead.id)
        sent.action_quotation_sent()
        self._create_order(opportunity_id=other.id)
        self._create_order(opportunity_id=other.id)
        yield self._create_order()
        yield sent.copy()

    def _make_quotation_expired_sent(self):
        order, _draft = (self._create_order(validity_date="2026-02-20") for _number in range(2))
        order.action_quotation_sent()
        yield self._run_until("2026-02-20 12:00:00")
        self._run_until("2026-02-21 12:00:00")
        yield order

    def _make_quotation_paid(self):
        order, unpaid = self._create_order(), self._create_order()
        self._pay_online(unpaid, "pending")
        yield self._new_transaction()
        self._pay_online(order, "draft").state = "done"
        yield order

    def _pay_online(self, order, state):
        provider = self.env["payment.provider"].search([], limit=1)
        values = {
            "provider_id": provider.id,
            "payment_method_id": self.env["payment.method"].with_context(active_test=False).search([], limit=1).id,
            "reference": order.name,
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
            "partner_id": order.partner_id.id,
            "sale_order_ids": [Command.link(order.id)],
        }
        return self.env["payment.transaction"].create({**values, "state": state})

    def _make_order_confirmed(self):
        order = self._create_order()
        yield order.action_quotation_sent()
        order.action_confirm()
        yield order

    def _make_order_not_invoiced(self):
        order, invoiced = self._create_order(), self._create_order()
        order.action_confirm()
        self._invoice(invoiced)
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield order

    def _make_order_invoiced(self):
        order = self._create_order()
        yield order.action_confirm()
        self._invoice(order)
        yield order

    def _invoice(self, order):
        order.action_confirm() if order.state != "sale" else None
        order.sudo()._create_invoices().action_post()
        self._new_transaction()

    def _make_quotation_regularly(self):
        order = self._create_order()
        order.action_quotation_sent()
        self._create_order()
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield order

    def _make_quotation_viewed(self):
        order, confirmed = self._create_order(), self._create_order()
        confirmed.action_confirm()
        viewed = {"message_type": "notification", "subtype_xmlid": "sale.mt_order_viewed"}  # as the portal does
        yield confirmed.message_post(body="Viewed", **viewed)
        order.message_post(body="Viewed", **viewed)
        yield order

    # Invoices

    def _make_invoice_blocked(self):
        yield (invoice := self._create_posted())
        invoice.action_toggle_block_payment()
        yield invoice

    def _make_invoice_posted(self):
        invoice = self._create_invoice()
        yield self._create_posted(move_type="in_invoice")
        invoice.action_post()
        yield invoice

    def _make_invoice_due(self):
        invoice, paid = (self._create_posted(invoice_date_due="2026-02-20") for _number in range(2))
        self._pay(paid)
        yield self._run_until("2026-02-16 12:00:00")
        self._run_until("2026-02-17 12:00:00")
        yield invoice

    def _make_invoice_overdue(self):
        invoice = self._create_posted(invoice_date_due="2026-02-20")
        yield self._run_until("2026-02-26 12:00:00")
        self._run_until("2026-02-27 12:00:00")
        yield invoice

    def _make_invoice_partial(self):
        invoice = self._create_posted()
        yield self._pay(self._create_posted())
        self._pay(invoice, amount=40)
        yield invoice

    def _make_invoice_paid(self):
        invoice = self._create_posted()
        yield self._pay(invoice, amount=40)
        self._pay(invoice)
        yield invoice

    def _make_invoice_regularly(self):
        invoice = self._create_posted()
        self._pay(self._create_posted())
        self._create_posted(move_type="in_invoice")
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield invoice

    # Contacts

    def _make_contact_created(self):
        partners = self.env["res.partner"]
        yield partners.create({"name": "Depot", "type": "delivery", "parent_id": self.partner.id})
        yield partners.create({"name": "Grace"})

    def _make_contact_customer(self):
        partner = self.env["res.partner"].create({"name": "Grace"})
        yield self._create_invoice(partner_id=partner.id)
        self._create_posted(partner_id=partner.id)
        yield partner

    def _make_contact_tag(self):
        yield
        self.partner.category_id = [Command.link(self.category.id)]
        yield self.partner

    def _make_contact_assigned(self):
        partner = self.env["res.partner"].create({"name": "Grace"})
        yield partner
        partner.user_id = self.sam
        yield partner

    def _make_contact_regularly(self):
        customers = self.env["res.partner"].search([("customer_rank", ">", 0)], order="id")
        customers.customer_rank = 0
        self.partner.customer_rank = 1
        yield self._run_until("2026-02-08 12:00:00")
        self._run_until("2026-02-09 12:00:00")
        yield self.partner
