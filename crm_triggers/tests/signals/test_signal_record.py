from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import mute_logger

from ..common import CrmTriggersCommon


class SignalCase(CrmTriggersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signals = cls.env["crm.trigger.signal"]
        cls.fair = cls.env.ref("crm_triggers.signal_type_fair_met")
        cls.inner = cls.env["crm.trigger.signal.type"].create({"name": "Opened it", "points": 3})

    def _enter_lead(self, **vals):
        """Return a lead that the system entered, of anyone in any company."""
        own = {"company_id": self.company.id, "partner_id": self.partner.id}
        lead = self.env["crm.lead"].create({"name": "Desks", "team_id": False, "user_id": False, **own, **vals})
        self._new_transaction()
        return lead

    def _record(self, records=None, code="fair_met", **kwargs):
        signals = self.signals.record(code, self.partner if records is None else records, **kwargs)
        self._new_transaction()
        return signals


class TestSignalRecord(SignalCase):
    """The journal: one entry point, each act once."""

    def test_act_is_recorded_with_contact_company_and_points(self):
        lead = self._enter_lead()
        [signal] = self._record(lead, key="fair-2026", occurred_at="2026-01-31T10:00:00+01:00", stand="B12")
        self.assertEqual((signal.res_model, signal.res_id, signal.partner_id), ("crm.lead", lead.id, lead.partner_id))
        self.assertEqual((signal.company_id, signal.points), (lead.company_id, 10))
        self.assertEqual((signal.actor, signal.identity), ("human", "verified"))
        self.assertEqual(signal.occurred_at, datetime(2026, 1, 31, 9))
        self.assertEqual((signal.payload, signal.details), ({"stand": "B12"}, "stand: B12"))
        self.assertEqual(signal.record_name, lead.name)

    def test_key_is_recorded_once_per_type_and_record(self):
        """Z01, Z02: the same act of a contact, told twice, is one."""
        other = self.env["res.partner"].create({"name": "Bob"})
        self.assertEqual(len(self._record(key="a")), 1)
        self.assertFalse(self._record(key="a"))
        self.assertEqual(self._record(self.partner | other, key="a").partner_id, other)
        self.assertEqual(len(self._record(key="b")), 1)
        self.assertEqual(len(self._record(key="a", code="phone_called")), 1)

    def test_without_key_each_call_is_an_act(self):
        self._record()
        self._record()
        self.assertEqual(self.signals.search_count([("partner_id", "=", self.partner.id)]), 2)

    def test_points_are_those_of_that_time(self):
        first = self._record()
        self.fair.points = 50
        self.assertEqual((first.points, self._record().points), (10, 50))
        self.assertEqual(self._record(points=-5).points, -5)

    def test_archived_type_is_not_recorded(self):
        self.fair.active = False
        self.assertFalse(self._record())

    def test_campaign_source_and_medium(self):
        """Z39: where it came from is part of the signal."""
        campaign = self.env["utm.campaign"].create({"name": "Spring"})
        source = self.env["utm.source"].create({"name": "Fair"})
        medium = self.env["utm.medium"].create({"name": "Stand"})
        [signal] = self._record(campaign_id=campaign.id, source_id=source.id, medium_id=medium.id)
        self.assertEqual((signal.campaign_id, signal.source_id, signal.medium_id), (campaign, source, medium))

    def test_ids_with_their_model(self):
        [signal] = self._record([self.partner.id], model="res.partner")
        self.assertEqual(signal.partner_id, self.partner)

    def test_bad_input_is_refused_with_the_cure(self):
        lead = self._enter_lead()
        now = fields.Datetime.now()
        for text, kwargs in (
            ("no_such.*fair_met", {"code": "no_such"}),
            ("not a signal type", {"code": None}),
            ("not a signal type", {"code": "a\x00"}),
            ("in the future", {"occurred_at": now + timedelta(days=1)}),
            ("ten years", {"occurred_at": "2010-01-01"}),
            ("no date and time", {"occurred_at": "soon"}),
            ("8000 characters", {"text": "x" * 1_000_000}),
            ("cannot be stored", {"at": now}),
            ("key must be", {"key": "x" * 201}),
            ("is not valid", {"actor": "robot"}),
            ("is not valid", {"identity": ["verified"]}),
            ("whole number", {"points": 1.5}),
            ("whole number", {"points": 5000}),
            ("not the ID", {"campaign_id": "spring"}),
            ("model", {"records": [lead.id]}),
            ("model", {"records": [lead.id], "model": "no.model"}),
            ("not the ID", {"records": ["x"], "model": "crm.lead"}),
            ("no contact", {"records": self.stage_new}),
            ("no contact", {"records": [1], "model": "crm.trigger.mixin"}),
        ):
            with self.subTest(**kwargs), self.assertRaisesRegex(UserError, text):
                self._record(**{"records": self.partner, **kwargs})
        for kwargs in ({"records": [lead.id, 99999999], "model": "crm.lead"}, {"campaign_id": 99999999}):
            with self.subTest(**kwargs), self.assertRaises(MissingError):
                self._record(**{"records": self.partner, **kwargs})
        self.assertFalse(self.signals.search([]))

    def test_flood_becomes_a_number(self):
        """A program that repeats itself without a key fills no table."""
        acts = [self._record(stand=number) for number in range(3)]
        for _number in range(110):
            self.signals.record("fair_met", self.partner)
        lines = self.signals.search([("partner_id", "=", self.partner.id)])
        self.assertEqual((len(lines), sum(lines.mapped("repeats"))), (100, 13))
        self.assertTrue(acts[0] in lines)
        self.clock.tick(timedelta(hours=1))
        self.assertTrue(self._record())

    def test_replay_in_a_full_hour_is_not_counted(self):
        """Fails without ``_leave_out_known``: a web hook that was sent twice counted as one more."""
        for number in range(101):
            self.signals.record("fair_met", self.partner, key=f"{number}")
        for _time in range(3):
            self._record(key="5")
        lines = self.signals.search([("partner_id", "=", self.partner.id)])
        self.assertEqual((len(lines), sum(lines.mapped("repeats"))), (100, 1))

    def test_batches_take_a_few_queries(self):
        partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(2500)])
        self._new_transaction()
        with self.assertQueryCount(15):
            signals = self.signals.record("fair_met", partners, key="fair")
        self.assertEqual(len(signals), 2500)
        with self.assertQueryCount(15):
            self.assertFalse(self.signals.record("fair_met", partners, key="fair"))


class TestSignalRights(SignalCase):
    """Who may record and read signals (promise 8)."""

    def test_users_record_what_is_for_other_programs(self):
        [signal] = self.signals.with_user(self.sam).record("fair_met", self.partner)
        self.assertEqual(signal.create_uid, self.sam)
        with self.assertRaisesRegex(AccessError, "Odoo itself"):
            self.signals.with_user(self.sam).record(self.inner.code, self.partner)

    def test_records_of_others_and_portal_users(self):
        lead = self._enter_lead(user_id=self.tom.id)
        with mute_logger("odoo.addons.base.models.ir_rule"), self.assertRaises(AccessError):
            self.signals.with_user(self.sam).record("fair_met", lead)
        portal = self._create_user("pia", "base.group_portal")
        for method in ("record", "search"):
            with self.assertRaises(AccessError):
                args = ("fair_met", self.partner) if method == "record" else ([],)
                getattr(self.signals.with_user(portal), method)(*args)

    def test_signals_are_read_with_their_record_and_in_their_company(self):
        lead = self._enter_lead(user_id=self.tom.id)
        signal, elsewhere = self._record(lead), self._record(self._enter_lead(company_id=self.company_b.id))
        self.assertFalse(self.signals.with_user(self.sam).search([("res_model", "=", "crm.lead")]))
        self.assertEqual(self.signals.with_user(self.tom).search([("res_model", "=", "crm.lead")]), signal)
        with mute_logger("odoo.addons.base.models.ir_rule"), self.assertRaises(AccessError):
            elsewhere.with_user(self.manager).read(["details"])

    def test_nobody_changes_the_past(self):
        signal = self._record()
        for call in (
            lambda one: one.write({"points": 100}),
            lambda one: one.unlink(),
            lambda one: one.create({"type_id": self.fair.id}),
            lambda one: one.env["crm.trigger.signal.past"].search([]),
        ):
            with mute_logger("odoo.addons.base.models.ir_access"), self.assertRaises(AccessError):
                call(signal.with_user(self.manager))

    def test_managers_add_types_of_their_own(self):
        """Z02: whatever else contacts do, without a developer."""
        types = self.env["crm.trigger.signal.type"].with_user(self.manager)
        kind = types.create({"name": "Reçu une démonstration", "external": True})
        self.assertEqual((kind.code, kind.copy().code), ("recu_une_demonstration", "recu_une_demonstration_copy"))
        kind.name = "Demo"
        self.assertEqual(kind.code, "recu_une_demonstration")
        self.assertTrue(self.signals.with_user(self.sam).record(kind.code, self.partner))
        for name, code in (("東京", False), ("Fair", "Big Fair"), ("Fair", "1st")):
            with self.subTest(name=name), self.assertRaisesRegex(UserError, f"“{name}”.*lowercase"):
                types.create({"name": name, "code": code})
        with self.assertRaises(AccessError):
            types.with_user(self.sam).create({"name": "Mine"})
