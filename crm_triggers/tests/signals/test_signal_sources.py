from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..mailbox_case import MailboxCase
from .test_signal_record import SignalCase

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
ROBOT = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
ANSWER = """From: {sender}
To: offers@company.example.com
Subject: Re: Prices
Message-Id: <{key}@example.com>
In-Reply-To: {reference}
{headers}Content-Type: text/plain

Yes, please.
"""
BOUNCE = """From: MAILER-DAEMON@example.com
To: bounce@company.example.com
Subject: Undelivered mail
Message-Id: <bounce@example.com>
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

Unknown user.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; ada@example.com
Action: failed
Status: 5.1.1

--x
Content-Type: message/rfc822

From: sam@company.example.com
To: ada@example.com
Message-Id: {reference}
Subject: Prices

Hello
--x--
"""


class TestSignalMail(MailboxCase, SignalCase):
    """What contacts write (Z03)."""

    def _get_facts(self, lead):
        found = self.signals.search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)], order="id")
        return [(signal.type_id.code, signal.actor, signal.identity) for signal in found]

    def _process(self, text, **values):
        self.env["mail.thread"].message_process(None, text.format(**{"headers": "", **values}))
        self._new_transaction()

    def _send(self, lead, partners=None):
        """Write to the customer of a lead; return the reference that their mail program answers with."""
        to = partners or lead.partner_id
        message = lead.with_user(self.sam).message_post(
            body="Our prices", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=to.ids
        )
        self._new_transaction()
        return message.message_id

    def test_unknown_address_is_typed_and_an_answer_is_verified(self):
        """The address of a new email is whatever its sender wrote."""
        lead = self.env["crm.lead"].browse(self._receive())
        self.assertEqual(self._get_facts(lead), [("message_received", "human", "typed")])

        known = self._enter_lead(user_id=self.sam.id)
        self._process(ANSWER, sender="Ada <ada@example.com>", reference=self._send(known), key="answer")
        [signal] = self.signals.search([("res_id", "=", known.id), ("res_model", "=", "crm.lead")])
        self.assertEqual((signal.actor, signal.identity, signal.partner_id), ("human", "verified", self.partner))
        self.assertEqual(self.partner.crm_trigger_last_contact_at, signal.occurred_at)

    def test_absence_notice_is_by_a_machine(self):
        lead = self._enter_lead(user_id=self.sam.id)
        headers = "Auto-Submitted: auto-replied\n"
        self._process(ANSWER, sender="ada@example.com", reference=self._send(lead), key="out", headers=headers)
        self.assertEqual(self._get_facts(lead), [("message_received", "machine", "verified")])
        self.assertFalse(self.partner.crm_trigger_last_contact_at)

    def test_colleague_is_no_contact(self):
        lead = self._enter_lead(user_id=self.sam.id)
        reference = self._send(lead)
        self._process(ANSWER, sender=self.tom.email, reference=reference, key="tom")
        self.assertEqual(self._get_facts(lead), [])

    def test_email_that_came_back(self):
        lead = self._enter_lead(user_id=self.sam.id)
        self._process(BOUNCE, reference=self._send(lead))
        self.assertEqual(self._get_facts(lead), [("email_bounced", "machine", "verified")])

    def test_email_that_came_back_from_someone_on_copy(self):
        """The contact of the lead has nothing to do with it; with a single recipient, Odoo takes it for theirs."""
        lead, bob = self._enter_lead(user_id=self.sam.id), self.env["res.partner"].create({"name": "Bob"})
        self._process(BOUNCE.replace("ada@", "on.copy@"), reference=self._send(lead, lead.partner_id | bob))
        self.assertEqual(self._get_facts(lead), [])

    def test_fault_or_archived_type_is_in_nobodys_way(self):
        """Promise 3: the email is received whatever happens here."""
        with (
            patch.object(type(self.signals), "_record_acts", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.crm_triggers.models.isolation"),
        ):
            lead = self.env["crm.lead"].browse(self._receive())
        self.assertEqual((lead.exists(), self._get_facts(lead)), (lead, []))
        self.env.ref("crm_triggers.signal_type_message_received").active = False
        self.assertEqual(self._get_facts(self.env["crm.lead"].browse(self._receive(key="second"))), [])
        self.env.ref("crm_triggers.signal_type_message_received").unlink()
        self.assertEqual(self._get_facts(self.env["crm.lead"].browse(self._receive(key="third"))), [])


@tagged("post_install", "-at_install")
class TestSignalVisits(HttpCase, SignalCase):
    """What contacts do online, by real requests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._create_user("pia", "base.group_portal")

    def _get_facts(self, partner=None):
        self.env.invalidate_all()
        signals = self.signals.search([("partner_id", "=", (partner or self.partner).id)], order="id")
        return [(signal.type_id.code, signal.actor, signal.identity) for signal in signals]

    def _create_sent(self):
        order = self._create_order().sudo()
        order.message_post(body="Our offer", message_type="comment", subtype_xmlid="mail.mt_comment")
        order.action_quotation_sent()
        self._new_transaction()
        return order

    def test_quotation_opened_by_its_link(self):
        """Z14. A scanner opens it in the first minute, a person later; a robot says what it is."""
        for seconds, headers, actor in ((12, BROWSER, "doubtful"), (3600, BROWSER, "human"), (3600, ROBOT, "machine")):
            with self.subTest(actor=actor):
                order = self._create_sent()
                self.clock.tick(seconds)
                self.assertEqual(self.url_open(order.get_portal_url(), headers=headers).status_code, 200)
                self.assertEqual(self._get_facts()[-1], ("quotation_viewed", actor, "verified"))
        self.assertEqual(len(self._get_facts()), 3)

    def test_log_note_before_a_visit_sends_nothing(self):
        order = self._create_sent()
        self.clock.tick(3600)
        order.with_user(self.sam).message_post(body="Called", message_type="comment", subtype_xmlid="mail.mt_note")
        self._new_transaction()
        self.clock.tick(40)
        self.url_open(order.get_portal_url(), headers=BROWSER)
        self.assertEqual(self._get_facts(), [("quotation_viewed", "human", "verified")])

    def test_link_preview_is_no_signal(self):
        order = self._create_sent()
        self.url_open(order.get_portal_url(), headers={**BROWSER, "Odoo-Link-Preview": "True"})
        self.assertEqual(self._get_facts(), [])

    def test_portal_login(self):
        self.authenticate("crm_triggers_sam", "crm_triggers_sam")
        self.url_open("/web/login")
        self.logout()
        page = self.url_open("/web/login").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        login = {"login": "crm_triggers_pia", "password": "crm_triggers_pia", "csrf_token": token}
        self.assertEqual(self.url_open("/web/login", data=login).status_code, 200)
        self.assertEqual(self._get_facts(self.portal.partner_id), [("portal_login", "human", "verified")])
        self.assertEqual(self._get_facts(self.sam.partner_id), [])

    def test_meeting_answered_by_the_link_of_the_invitation(self):
        """The link acts when it is opened, and scanners open it: in doubt."""
        meeting = self.env["calendar.event"].create(
            {
                "name": "Demo",
                "start": "2026-02-10 09:00:00",
                "stop": "2026-02-10 10:00:00",
                "partner_ids": [Command.set((self.partner | self.sam.partner_id).ids)],
            }
        )
        attendees = meeting.attendee_ids.grouped("partner_id")
        theirs, sams = attendees[self.partner], attendees[self.sam.partner_id]
        self._new_transaction()
        for attendee, answer in ((theirs, "accept"), (theirs, "decline"), (sams, "accept")):
            self.url_open(f"/calendar/meeting/{answer}?token={attendee.access_token}&id={meeting.id}", headers=BROWSER)
        expected = [("meeting_accepted", "doubtful", "verified"), ("meeting_declined", "doubtful", "verified")]
        self.assertEqual(self._get_facts(), expected)
        self.assertEqual(self._get_facts(self.sam.partner_id), [])

    def test_series_is_answered_once_and_its_name_is_kept_private(self):
        """Fails without the key of the recurrence, and without ``effective_privacy``."""
        self.sam.with_user(self.sam).calendar_default_privacy = "private"
        meeting = self.env["calendar.event"].create(
            {
                "name": "Surgery",
                "user_id": self.sam.id,
                "start": "2026-02-10 09:00:00",
                "stop": "2026-02-10 10:00:00",
                "partner_ids": [Command.set((self.partner | self.sam.partner_id).ids)],
                "recurrency": True,
                "rrule_type": "daily",
                "interval": 1,
                "end_type": "count",
                "count": 5,
            }
        )
        attendee = meeting.attendee_ids.filtered(lambda one: one.partner_id == self.partner)
        self._new_transaction()
        url = f"/calendar/recurrence/accept?token={attendee.access_token}&id={meeting.id}"
        self.assertEqual(self.url_open(url, headers=BROWSER).status_code, 200)
        self.assertEqual(self._get_facts(), [("meeting_accepted", "doubtful", "verified")])
        self.assertFalse(self.signals.search([("partner_id", "=", self.partner.id)]).details)

    def test_journal_is_open_to_other_programs(self):
        """Z02, Z07, Z09: by Odoo's own API and the key of a user; the answer to a mistake says what to do."""
        key = self.env["res.users.apikeys"].with_user(self.sam).sudo()._generate("rpc", "form", False)

        def call(**values):
            body = {"code": "social_reacted", "records": self.partner.ids, "model": "res.partner", **values}
            headers = {"Authorization": f"Bearer {key}"}
            answer = self.url_open("/json/2/crm.trigger.signal/record", json=body, headers=headers)
            self.env.invalidate_all()
            return answer

        first, again = call(key="post 7", network="LinkedIn"), call(key="post 7", network="LinkedIn")
        [signal] = self.signals.search([("partner_id", "=", self.partner.id)])
        self.assertEqual((first.json(), again.json(), signal.details), (signal.ids, [], "network: LinkedIn"))
        with mute_logger("odoo.http"):
            for status, wrong in (
                (422, {"code": "nothing"}),
                (403, {"code": "portal_login"}),
                (422, {"model": None}),
                (422, {"records": "x"}),
                (404, {"records": [2**31 - 1]}),
                (422, {"occurred_at": "2036-01-01"}),
                (422, {"text": "x" * 1_000_000}),
                (422, {"key": {"a": 1}}),
                (422, {"campaign_id": [1]}),
            ):
                with self.subTest(wrong=list(wrong)):
                    self.assertEqual(call(**wrong).status_code, status)
        self.assertEqual(len(self._get_facts()), 1)
