from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon
from ..mailbox_case import MailboxCase


@tagged("post_install", "-at_install")
class TestHappening(CrmTriggersCommon):
    """What happens to a record by its activities, meetings and messages (K10 to K13, K15, K58)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env.ref("mail.mail_activity_data_call")

    def _create_happening(self, happening, steps=None, **vals):
        return self._create_rule("happening", steps or [self._note()], happening=happening, **vals)

    def _plan(self, lead, activity_type=None):
        activity = lead.activity_schedule(activity_type_id=(activity_type or self.call).id, summary="Talk")
        self._new_transaction()
        return activity

    def _done(self, activities, feedback=False):
        activities.action_feedback(feedback=feedback)
        self._new_transaction()

    def test_activity_done_by_type_and_outcome(self):
        """K12, K58. Fails without either line of ``_is_meant``."""
        rule = self._create_happening("activity_done", happening_type_id=self.call.id, happening_words="INTERESTED")
        lead = self._create_lead()
        self._done(self._plan(lead), "Nobody there")
        self._done(self._plan(lead, self.todo), "interested")
        self._plan(lead).unlink()
        self.assertFalse(rule.run_ids)

        self._done(self._plan(lead), "Very interested")
        self._done(self._plan(lead), "Still interested")
        self.assertEqual(len(rule.run_ids), 2)
        self._run_worker()
        self.assertExecutions(lead, [("Note", "done")] * 2)

    def test_fault_in_capturing_is_in_nobodys_way(self):
        """Promise 3: the message is there. Fails without ``isolated`` in ``_get_happened``."""
        rule = self._create_happening("message_sent")
        lead = self._create_lead()
        with (
            patch(
                "odoo.addons.crm_triggers.models.trigger_kinds.happening.mail_message.html2plaintext",
                side_effect=ValueError("odd"),
            ),
            mute_logger("odoo.addons.crm_triggers.models.isolation"),
        ):
            message = lead.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
            self._new_transaction()

        self.assertTrue(message.exists())
        self.assertFalse(rule.run_ids)

    def test_fault_in_capturing_undoes_nothing_that_was_written_before(self):
        """Promise 3: what is found out is found by searching, which writes what waits to be written; with the
        fault, that was undone, and Odoo took it for written. Fails without ``flush_all`` in ``_get_happened``."""
        self._create_happening("meeting_planned")
        lead = self._create_lead()
        event_class = self.env.registry["calendar.event"]
        values = {"name": "Demo", "start": "2026-02-03 10:00:00", "stop": "2026-02-03 11:00:00"}
        event = self.env["calendar.event"].create(values)
        self.env.flush_all()

        def fail(events):
            events.flush_model()
            raise ValueError("odd")

        with (
            patch.object(event_class, "_crm_trigger_tell_meetings", fail),
            mute_logger("odoo.addons.crm_triggers.models.isolation"),
        ):
            event.name = "Renamed"
            event.opportunity_id = lead
            self._new_transaction()

        self.assertRecordValues(event, [{"name": "Renamed", "opportunity_id": lead.id}])

    def test_fault_in_deciding_undoes_nothing_that_others_write_before_the_commit(self):
        """Fails without ``flush_all`` in ``_decide_changes``."""
        self._create_rule(filter_domain=[("stage_id", "=", self.stage_offer.id)])
        lead = self._create_lead()

        def fail(rule, *args):
            rule.env["res.partner"].flush_model()
            raise ValueError("odd")

        with (
            patch.object(self.env.registry["crm.trigger.rule"], "_decide_on", fail),
            mute_logger("odoo.addons.crm_triggers.models.isolation"),
        ):
            self.env.cr.precommit.add(lambda: self.partner.write({"city": "Lyon"}))
            lead.stage_id = self.stage_offer
            self.env.flush_all()
            self._new_transaction()

        self.assertEqual(self.partner.city, "Lyon")

    def test_messages_on_what_no_rule_is_for_are_not_read(self):
        """Promise 3: a rule on leads costs nothing elsewhere. Fails without ``of_models``."""
        self._create_happening("message_sent")
        with patch("odoo.addons.crm_triggers.models.trigger_kinds.happening.mail_message.html2plaintext") as read:
            self.partner.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
            read.assert_not_called()

    def test_several_at_once(self):
        """Promises 1 and 7: once for each activity, all records together, no query for each."""
        rule = self._create_happening("activity_done")
        leads = self._create_leads(20)
        activities = leads.activity_schedule(activity_type_id=self.call.id)
        activities |= leads[0].activity_schedule(activity_type_id=self.call.id)
        self._new_transaction()
        self._done(activities)

        self.assertEqual(len(rule.run_ids), 21)
        self.assertEqual(len(self._get_runs(leads[0])), 2)
        self._new_transaction()
        self.env["crm.trigger.rule"]._get_happenings()
        happened = [(rule.happening, item) for item in self._get_happened(leads)]
        with self.assertQueryCount(__system__=30):
            self.env["crm.trigger.rule"]._decide_happened({"crm_triggers.happened": happened})
        self.assertEqual(len(rule.run_ids), 41)

    def _get_happened(self, leads):
        activities = leads.activity_schedule(activity_type_id=self.call.id)
        self.env.flush_all()
        return activities._crm_trigger_happened("activity_done", "")

    def test_first_only(self):
        """K32: exactly once, by “Once per record”."""
        rule = self._create_happening("meeting_planned", reentry="once", happening_words="Lyon")
        lead = self._create_lead()
        values = {"start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00", "opportunity_id": lead.id}
        for place in ("Paris", "Lyon", "Lyon"):
            self.env["calendar.event"].create({"name": "Visit", "location": place, **values})
            self._new_transaction()

        self.assertEqual(rule.run_ids.mapped("occurrence"), ["once"])

    def test_meeting_that_gets_an_opportunity_or_loses_its_date(self):
        """K13, K15: planned when it is for the opportunity, cancelled when it is deleted."""
        planned, cancelled = map(self._create_happening, ("meeting_planned", "meeting_cancelled"))
        lead = self._create_lead()
        values = {"name": "Call", "start": "2026-02-03 09:00:00", "stop": "2026-02-03 10:00:00"}
        meeting = self.env["calendar.event"].create(values)
        self._new_transaction()
        meeting.opportunity_id = lead
        self._new_transaction()
        meeting.opportunity_id = lead
        self._new_transaction()
        meeting.unlink()
        self._new_transaction()

        self.assertEqual((len(planned.run_ids), len(cancelled.run_ids)), (1, 1))

    def test_conditions_and_state(self):
        """Promise 4: only what happens from now on, to records that meet the conditions."""
        lead, other = self._create_leads(2)
        self._plan(lead)
        domain = [("stage_id", "=", self.stage_offer.id)]
        rule = self._create_happening("activity_planned", filter_domain=domain)
        self._plan(other)
        self.assertFalse(rule.run_ids)
        self._drag(other, self.stage_offer)
        self._plan(other)
        rule.action_pause()
        self._plan(other)

        self.assertEqual(rule.run_ids.mapped("res_id"), other.ids)

    def test_own_steps_do_not_count(self):
        """It plans an activity when one is planned: once. Fails without ``hear_own`` in ``_enter_happened``."""
        rule = self._create_happening("activity_planned", [self._task()])
        lead = self._create_lead()
        self._plan(lead)
        for _round in range(3):
            self._run_worker()

        self.assertEqual((len(rule.run_ids), len(lead.activity_ids)), (1, 2))

    def test_messages_of_customers_and_colleagues(self):
        """K10, K11: the gateway, a message to the customer, by its words; a log note is neither."""
        received = self._create_happening("message_received", [self._task()], happening_words="offer")
        sent = self._create_happening("message_sent", [self._task()])
        lead = self._create_lead()
        lead.message_post(body="Note", subtype_xmlid="mail.mt_note", message_type="comment")
        lead.message_post(
            subject="Your Offer", body="Yes", message_type="email", email_from="ada@example.com", author_id=False
        )
        self._new_transaction()
        self.assertEqual((len(received.run_ids), len(sent.run_ids)), (1, 0))

        template = self._create_template(subject="Our brochure")
        template.send_mail(lead.id)
        self._new_transaction()
        self.assertEqual((len(received.run_ids), len(sent.run_ids)), (1, 1))

    def test_message_from_a_template(self):
        """K10: sent by code or a rule, from the composer, to several at once, and with Odoo's own mail of
        a quotation; once for each. Fails without ``TEMPLATE`` in any of the three places that set it."""
        template, other = self._create_template(model="sale.order"), self._create_template(model="sale.order")
        rule = self._create_happening("message_sent", model="sale.order", happening_template_id=template.id)
        order = self._create_order()
        for used in (other, template):
            used.send_mail(order.id)
            order.message_post_with_source(used, subtype_xmlid="mail.mt_comment", message_type="auto_comment")
            composer = self.env["mail.compose.message"].with_context(
                default_model="sale.order", default_res_ids=order.ids, default_template_id=used.id
            )
            composer.create({})._action_send_mail()
            composer.create({"composition_mode": "mass_mail"})._action_send_mail()
            order.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
            self._new_transaction()
            self.assertEqual(len(rule.run_ids), 4 if used == template else 0)

        self.assertIn("template “Template”", rule.sentence)
        with self.assertRaises(UserError):
            template.unlink()

    def test_messages_of_long_ago_are_history(self):
        """An old mailbox that is read in: its date counts. Fails without ``at`` of messages."""
        lead = self._create_lead()
        self._move_to("2026-02-20 09:00:00")
        received, sent = map(self._create_happening, ("message_received", "message_sent"))
        self._move_to("2026-02-28 10:00:00")
        received.late_days = sent.late_days = 3
        message = {"model": "crm.lead", "res_id": lead.id, "body": "Yes", "email_from": "ada@example.com"}
        message["subtype_id"] = self.env.ref("mail.mt_comment").id
        for day in ("2023-01-05", "2026-02-19", "2026-02-22", "2026-02-27"):
            for who, kind in ((False, "email"), (self.sam.partner_id.id, "comment")):
                values = {**message, "author_id": who, "message_type": kind, "date": f"{day} 10:00:00"}
                self.env["mail.message"].create(values)
            self._new_transaction()
        for rule in (received, sent):
            self.assertEqual(rule.run_ids.sorted("id").mapped("stop_reason"), ["late", False])

    def test_sentence_and_explanation(self):
        """K60, promise 5."""
        rule = self._create_happening("activity_done", happening_type_id=self.call.id, happening_words="yes")
        self.assertIn("An activity is done (", rule.sentence)
        self.assertIn("type “Call”, containing “yes”", rule.sentence)
        self.assertIn("next time this happens", rule.with_user(self.manager).explain(self._create_lead())["verdict"])

        rule.preset_id = self.env.ref("crm_triggers.preset_opportunity_activity_done")
        self.assertTrue(rule.sentence.startswith("When an activity is done on an opportunity (type “Call”"))

    def test_bad_input(self):
        """Refused on saving, with the cure."""
        with self.assertRaises(ValidationError):
            self._create_happening(False)
        with self.assertRaises(ValidationError):
            self._create_happening("meeting_planned", model="sale.order")
        with self.assertRaises(ValidationError):
            self._create_happening("message_sent", model="sale.order", happening_template_id=self._create_template().id)
        call = self.call.copy()
        self._create_happening("activity_done", happening_type_id=call.id)
        with self.assertRaises(UserError):
            call.unlink()


@tagged("post_install", "-at_install")
class TestHappeningByMail(MailboxCase):
    """K11: what the mail gateway brings."""

    def test_answer_of_a_customer(self):
        rule = self._create_rule(
            "happening", [self._note()], happening="message_received", happening_words="re: prices"
        )
        lead_id = self._receive()
        self.assertFalse(rule.run_ids)
        self._receive("Re: Prices", "second", "In-Reply-To: <first@example.com>\n")

        self.assertEqual(rule.run_ids.mapped("res_id"), [lead_id])


@tagged("post_install", "-at_install")
class TestHappeningOnPortal(HttpCase, CrmTriggersCommon):
    """What a customer does on the portal."""

    def test_quotation_opened_online(self):
        """Fails without ``quotation_viewed`` in ``mail.message``. A second look on the same day is none."""
        steps = [self._note()]
        rule = self._create_rule("happening", steps, model="sale.order", happening="quotation_viewed")
        order = self._create_order().sudo()
        order.action_quotation_sent()
        self._new_transaction()
        for _look in range(2):
            self.assertEqual(self.url_open(order.get_portal_url()).status_code, 200)
            self._new_transaction()

        self.assertEqual(rule.run_ids.mapped("res_id"), order.ids)
