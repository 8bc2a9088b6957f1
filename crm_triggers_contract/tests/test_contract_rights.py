from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractRights(ContractCommon):
    """A salesperson may not open contracts: their activities are put on the customer."""

    def test_salesperson_opens_what_is_put_on_the_customer(self):
        """K49. Fails without ``target`` in ``_get_targets``."""
        self._rule_before_end([self._task("Renew", target="contact"), self._note("It ends", target="contact")])
        contract = self._create_contract("2026-04-01")

        self._run_until("2026-03-02 07:01")

        self.assertFalse(contract.sudo().activity_ids)
        activity = self.env["mail.activity"].with_user(self.sam).search([("user_id", "=", self.sam.id)])
        record = self.env[activity.res_model].browse(activity.res_id)
        self.assertEqual((activity.summary, record), ("Renew", self.partner.with_user(self.sam)))
        record.read(["name", "activity_ids"])
        link = f'href="/odoo/contract.contract/{contract.id}"'
        self.assertIn(link, activity.note)
        self.assertNotIn("Maintenance", activity.note, "he may not read it")
        note = record.message_ids.filtered(lambda message: "It ends" in message.body)
        self.assertIn(link, note.body)
        with self.assertRaises(AccessError):
            contract.with_user(self.sam).read(["name"])

    def test_lines_put_on_the_customer_are_one_activity_per_salesperson(self):
        """Two contracts of one customer that end together, each with its own salesperson."""
        self._rule_before_end([self._task("Renew", target="contact")], model="contract.line")
        lines = [self._line("2026-04-01", name="Line 1"), self._line("2026-04-01", name="Line 2")]
        robots, lamps = (self._create_contract(False, lines, name=name) for name in ("Robots", "Lamps"))
        chairs = self._create_contract(False, lines, name="Chairs", user_id=self.tom.id)

        self._run_until("2026-03-02 07:01")

        for user, contracts in ((self.sam, robots | lamps), (self.tom, chairs)):
            activity = self.partner.activity_ids.filtered(lambda activity, user=user: activity.user_id == user)
            self.assertEqual(activity.note.count("<li>"), 2 * len(contracts))
            for contract in contracts:
                self.assertEqual(activity.note.count(f'href="/odoo/contract.contract/{contract.id}"'), 2)

    def test_contract_without_end_is_reported_to_those_who_may_read_it(self):
        """Open-ended contracts never fall due, because one line has no end. Fails without
        ``_count_undated``."""
        rule = self._rule_before_end(filter_domain=[("contract_type", "=", "sale")])
        self._create_contract("2026-04-01")
        open_ended = self._create_contract(False, [self._line("2026-04-01"), self._line(False)])

        seen = rule.with_user(self.manager)
        action = seen.action_view_undated()

        self.assertEqual(seen.undated_count, 1)
        self.assertEqual(self.env["contract.contract"].search(action["domain"]), open_ended)
        self.assertEqual(rule.with_user(self.sam).undated_count, 0)
