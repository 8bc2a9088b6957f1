from odoo.fields import Command
from odoo.tests import tagged

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestLinked(CrmTriggersCommon):
    """A rule gets all changes it watches, whichever side they are written from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag, cls.other_tag = cls.env["res.partner.category"].create([{"name": "VIP"}, {"name": "Other"}])

    def _rule_on_tag(self, operator="in", **vals):
        domain = [("category_id", operator, self.tag.ids)]
        return self._create_rule(model="res.partner", filter_domain=domain, exclude_internal=False, **vals)

    def _create_partners(self, count=1):
        partners = self.env["res.partner"].create([{"name": f"Contact {i}"} for i in range(count)])
        self._new_transaction()
        return partners

    def _count_runs(self, records):
        self._new_transaction()
        return len(self._get_runs(records))

    # Lists, from their other side

    def test_tag_given_from_the_side_of_the_tag(self):
        """Fails without ``_crm_trigger_capture_linked`` in ``write``."""
        rule = self._rule_on_tag()
        self.assertFalse(rule.unheard_fields)
        partners = self._create_partners(2)
        self.tag.partner_ids = [Command.link(partners[0].id)]
        self.assertEqual(self._count_runs(partners), 1)
        self.tag.write({"partner_ids": [Command.set(partners.ids)]})
        self.assertEqual(self._count_runs(partners), 2)

    def test_tag_taken_from_the_side_of_the_tag(self):
        self._rule_on_tag(steps=[self._task(delay_count=3)])
        partners = self._create_partners(3)
        partners.category_id = self.tag
        self._new_transaction()
        for partner, command in zip(
            partners, (Command.unlink(partners[0].id), Command.set(partners[2:].ids), Command.clear()), strict=True
        ):
            with self.subTest(command=command):
                self.tag.write({"partner_ids": [command]})
                self._new_transaction()
                self.assertStopped(partner, "unmatched")

    def test_tag_made_with_its_contacts(self):
        """Fails without ``_crm_trigger_capture_linked`` in ``create``."""
        self._create_rule(
            model="res.partner", filter_domain=[("category_id", "!=", False)], exclude_internal=False, sweep=False
        )
        partners = self._create_partners(2)
        self.env["res.partner.category"].create({"name": "New", "partner_ids": [Command.set(partners.ids)]})
        self.assertEqual(self._count_runs(partners), 2)

    def test_what_had_the_tag_already_starts_nothing(self):
        self._rule_on_tag()
        partners = self._create_partners(2)
        partners[0].category_id = self.tag
        self.assertEqual(self._count_runs(partners), 1)
        self.tag.partner_ids = [Command.set(partners.ids)]
        self.assertEqual(self._count_runs(partners[0]), 1)
        self.assertEqual(self._count_runs(partners[1]), 1)

    def test_tag_deleted(self):
        """PostgreSQL removes the links. Fails without ``_crm_trigger_capture_pointing``."""
        self._rule_on_tag("not in")
        partner = self._create_partners()
        self._get_runs(partner).sudo().unlink()
        partner.category_id = self.tag
        self._new_transaction()
        self.tag.unlink()
        self.assertEqual(self._count_runs(partner), 1)

    def test_payment_linked_from_the_payment(self):
        order = self._create_order()
        if "transaction_ids" not in order:
            self.skipTest("no payments here")
        domain = [("transaction_ids", "!=", False)]
        rule = self._create_rule(model="sale.order", filter_domain=domain, user=self.env.user)
        self.assertFalse(rule.unheard_fields)
        provider = self.env["payment.provider"].with_context(active_test=False).search([], limit=1)
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": 10,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": "linked-1",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        self.assertEqual(self._count_runs(order), 1)

    def test_writing_the_other_side_of_what_no_rule_looks_at_costs_nothing(self):
        """Promise 3: fails when what a tag has is read whatever is written of it."""
        counts = []
        for turn in range(3):
            if turn == 2:
                self._rule_on_tag()
                self.other_tag.name = "warm"
                self._new_transaction()
            before = self.env.cr.sql_log_count
            self.other_tag.name = f"Other {turn}"
            self.env.cr.flush()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[1])

    # Links that PostgreSQL empties

    def test_team_deleted(self):
        """Fails without ``_crm_trigger_capture_pointing`` in ``unlink``."""
        rule = self._create_rule(filter_domain=[("team_id", "=", False)])
        self.assertFalse(rule.unheard_fields)
        team = self.env["crm.team"].create({"name": "Gone"})
        leads = self._create_leads(2, team_id=team.id, user_id=False)
        team.unlink()
        self.assertEqual(self._count_runs(leads), 2)

    def test_team_deleted_stops_what_needs_one(self):
        team = self.env["crm.team"].create({"name": "Gone"})
        self._create_rule(filter_domain=[("team_id", "=", team.id)], steps=[self._task(delay_count=3)])
        lead = self._create_lead(team_id=team.id, user_id=False)
        self.assertExecutions(lead, [("Call", "scheduled")])
        team.unlink()
        self._new_transaction()
        self.assertStopped(lead, "unmatched")

    def test_team_deleted_in_the_transaction_that_gave_it(self):
        self._create_rule(filter_domain=[("team_id", "=", False)])
        team = self.env["crm.team"].create({"name": "Gone"})
        lead = self._create_lead(user_id=False)
        lead.sudo().team_id = team
        team.unlink()
        self.assertEqual(self._count_runs(lead), 1)

    def test_contacts_merged(self):
        """SQL moves the links to the survivor. Fails without ``_crm_trigger_capture_merged``."""
        survivor, other = self.env["res.partner"].create(
            [{"name": "Ada L.", "email": "a@example.com"}, {"name": "Ada", "email": "a@example.com"}]
        )
        self._create_rule(filter_domain=[("partner_id", "=", survivor.id)])
        self._rule_on_tag()
        other.category_id = self.tag
        lead = self._create_lead(partner_id=other.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.admin)
        wizard.with_env(self.env(user=self.admin))._merge([survivor.id, other.id], survivor)
        self.assertEqual(self._count_runs(lead), 1)
        self.assertEqual(lead.partner_id, survivor)

    # Form and warnings

    def test_conditions_on_more_than_which_record_it_is_are_named_and_swept(self):
        """The name of a record changes, and what it is below, without a write on those linked to it."""
        for model, domain, label in (
            ("crm.lead", [("partner_id", "ilike", "Ada")], "Contact"),
            ("crm.lead", [("tag_ids", "in", ["Hot"])], "Tags"),
            ("crm.lead", [("probability", ">", 50)], "Probability"),
            ("res.partner", [("parent_id", "child_of", self.partner.id)], "Related Company"),
        ):
            with self.subTest(domain=domain):
                rule = self._create_rule(model=model, filter_domain=domain, activate=False)
                self.assertEqual(rule.unheard_fields, label)
                self.assertTrue(rule._is_swept())

    def test_contact_renamed(self):
        self._create_rule(filter_domain=[("partner_id", "ilike", "Lovelace")])
        lead = self._create_lead()
        self.partner.name = "Ada Lovelace"
        self._run_sweep()
        self.assertEqual(self._count_runs(lead), 1)
