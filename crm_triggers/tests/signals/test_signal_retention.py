from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .test_signal_record import SignalCase


class TestSignalRetention(SignalCase):
    """Old signals go, their sums and keys stay; a person can be forgotten."""

    def setUp(self):
        super().setUp()
        self.past = self.env["crm.trigger.signal.past"]

    def _vacuum(self):
        result = self.signals._gc_signals()
        self._new_transaction()
        return result

    def test_old_signals_become_daily_sums(self):
        for key, hour in (("a", 8), ("b", 17), (None, 18)):
            self._record(key=key, occurred_at=f"2023-01-10 {hour:02}:00:00")
        self._record(key="c", occurred_at="2023-01-11 08:00:00", actor="machine")
        recent = self._record(key="d", occurred_at="2025-01-11 08:00:00")
        self.assertEqual(self._vacuum(), (4, 0))
        self.assertEqual(self.signals.search([]), recent)
        sums = {(str(row.day), row.actor): (row.number, row.points) for row in self.past.search([])}
        self.assertEqual(sums, {("2023-01-10", "human"): (3, 30), ("2023-01-11", "machine"): (1, 10)})
        self.assertEqual(self._vacuum(), (0, 0))

    def test_key_of_a_deleted_signal_is_recorded_no_more(self):
        """Fails without the past in ``_search_known``."""
        other = self.env["res.partner"].create({"name": "Bob"})
        self._record(key="a", occurred_at="2023-01-10 08:00:00")
        self._vacuum()
        self.assertFalse(self._record(key="a"))
        self.assertEqual(self._record(self.partner | other, key="a").partner_id, other)
        self.assertEqual(len(self._record(key="b")), 1)

    def test_purge_in_batches_loses_nothing(self):
        partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(30)])
        for day in range(1, 4):
            self._record(partners, key=f"{day}", occurred_at=f"2020-01-0{day}")
        while self.signals._purge(SQL("TRUE"), 7):
            pass
        self.assertEqual(sum(self.past.search([]).mapped("number")), 90)
        self.assertFalse(self._record(partners, key="2"))

    def test_no_limit(self):
        self._record(occurred_at="2018-01-10 08:00:00")
        for text in ("0", "forever", "-5"):
            self.env["ir.config_parameter"].set_param("crm_triggers.signal_retention_days", text)
            self.assertEqual(self._vacuum(), (0, 0))
        self.env["ir.config_parameter"].set_param("crm_triggers.signal_retention_days", "30")
        self.assertEqual(self._vacuum(), (1, 0))

    def test_settings(self):
        settings = self.env["res.config.settings"].create({"crm_triggers_signal_retention_days": 0})
        settings.set_values()
        self.assertEqual(self.signals._get_kept_days(), 0)
        settings.crm_triggers_signal_retention_days = -1
        with self.assertRaisesRegex(UserError, "how many days signals are kept"):
            settings.set_values()

    def test_last_contact_made_by_the_prospect(self):
        """Openings, machines and typed addresses do not count; a company's people do; the sums count too."""
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        ada, bob = self.env["res.partner"].create([{"name": name, "parent_id": company.id} for name in ("Ada", "Bob")])
        people = company | ada | bob
        self._record(ada, occurred_at="2022-05-01 08:00:00")
        self._vacuum()
        self._record(bob, occurred_at="2026-01-10 08:00:00")
        for kwargs in ({"actor": "machine"}, {"actor": "doubtful"}, {"identity": "typed"}, {"code": self.inner.code}):
            self._record(bob, **kwargs)
        last = [str(one.crm_trigger_last_contact_at) for one in people]
        self.assertEqual(last, ["2026-01-10 08:00:00", "2022-05-01 00:00:00", "2026-01-10 08:00:00"])
        for operator, value, expected in (
            (">=", "2026-01-01", company | bob),
            ("<", "2026-01-01", ada),
            ("=", "2026-01-10 08:00:00", company | bob),
            ("!=", False, people),
            ("=", False, self.env["res.partner"]),
        ):
            with self.subTest(operator=operator, value=value):
                domain = [("id", "in", people.ids), ("crm_trigger_last_contact_at", operator, value)]
                self.assertEqual(self.env["res.partner"].search(domain, order="id"), expected)

    def test_last_contact_is_of_ones_own_companies(self):
        lead = self._enter_lead(company_id=self.company_b.id, partner_id=self.partner.id)
        self._record(lead)
        sam, zoe = self.partner.with_user(self.sam), self.partner.with_user(self.zoe)
        self.assertFalse(sam.crm_trigger_last_contact_at)
        self.assertEqual(zoe.crm_trigger_last_contact_at, fields.Datetime.now())

    def test_person_is_forgotten(self):
        other = self.env["res.partner"].create({"name": "Bob"})
        lead = self._enter_lead(company_id=self.company_b.id, partner_id=self.partner.id)
        self._record(self.partner | other, key="a", occurred_at="2020-01-01")
        self._vacuum()
        self._record(lead)
        self._record(self.partner | other, key="b")
        ids = {"active_model": "res.partner", "active_ids": self.partner.ids}
        dialog = self.env["crm.trigger.forget"].with_context(**ids).with_user(self.manager).create({})
        self.assertEqual(dialog.signal_count, 1)  # of those that the manager may read
        dialog.action_forget()
        self._new_transaction()
        self.assertEqual((self.signals.search([]).partner_id, self.past.search([]).partner_id), (other, other))
        self.assertIn("deleted", self.partner.message_ids[0].body)
        with self.assertRaises(AccessError):
            self.env["crm.trigger.forget"].with_context(**ids).with_user(self.sam).create({})

    def test_signals_go_with_their_contact_or_unknown_person(self):
        partner = self.env["res.partner"].create({"name": "Bob"})
        unknown, known = self._enter_lead(partner_id=False), self._enter_lead(partner_id=self.partner.id)
        self._record(partner)
        self._record(unknown, occurred_at="2020-01-01")
        self._vacuum()
        self._record(unknown)
        kept = self._record(known)
        (unknown | known).unlink()
        partner.unlink()
        self._new_transaction()
        self.assertEqual(self.signals.search([]), kept)
        self.assertFalse(self.past.search([]))
        self.assertEqual(kept.record_name, "Deleted record")

    def test_signals_follow_merged_contacts_and_leads(self):
        twin = self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
        self._record(self.partner | twin, key="old", occurred_at="2020-01-01")
        self._vacuum()
        self._record(self.partner | twin, key="same")
        self._record(twin, key="own")
        merging = self.env["base.partner.merge.automatic.wizard"].create({})
        merging._merge((self.partner | twin).ids, self.partner)
        self._new_transaction()
        signals = self.signals.search([])
        self.assertEqual(sorted(signals.mapped("key")), ["own", "same"])
        self.assertEqual((signals.partner_id, set(signals.mapped("res_id"))), (self.partner, {self.partner.id}))
        self.assertEqual(set(self.past.search([]).mapped("res_id")), {self.partner.id})
        self.assertFalse(self._record(key="old") | self._record(key="own"))

        leads = self._enter_lead(partner_id=False) | self._enter_lead(partner_id=False)
        self._record(leads, key="x")
        lead = leads.merge_opportunity()
        self._new_transaction()
        self.assertEqual(self.signals.search([("res_model", "=", "crm.lead")]).res_id, lead.id)

    def test_button_shows_the_acts_of_the_contact(self):
        lead, other = self._enter_lead(partner_id=self.partner.id), self._enter_lead(partner_id=False)
        mine = self._record(lead) | self._record(self.partner)
        own = self._record(other)
        counts = [*(lead | other).mapped("crm_trigger_signal_count"), self.partner.crm_trigger_signal_count]
        self.assertEqual(counts, [2, 1, 2])
        third = self._enter_lead(partner_id=False)
        self.assertEqual(
            (other | third).mapped("crm_trigger_signal_count"), [1, 0], "unknown people are not one person"
        )
        for record, expected in ((lead, mine), (self.partner, mine), (other, own)):
            action = record.action_view_crm_trigger_signals()
            self.assertEqual(self.signals.search(action["domain"], order="id"), expected)

    def test_signal_by_hand_for_many(self):
        """Z09: "met at the fair", for several contacts at once, and once even if pressed twice."""
        partners = self.partner | self.env["res.partner"].create({"name": "Bob"})
        ids = {"active_model": "res.partner", "active_ids": partners.ids}
        dialog = self.env["crm.trigger.signal.add"].with_context(**ids).with_user(self.sam)
        dialog = dialog.create({"type_id": self.fair.id, "comment": "Lyon", "occurred_at": "2026-01-30 10:00:00"})
        self.assertEqual(dialog.record_count, 2)
        for _press in range(2):
            dialog.action_add()
        signals = self.signals.search([])
        self.assertEqual((signals.partner_id, set(signals.mapped("details"))), (partners, {"comment: Lyon"}))
        dialog.occurred_at = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "in the future"):
            dialog.action_add()
