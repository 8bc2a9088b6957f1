from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import CrmTriggersCommon


@tagged("post_install", "-at_install")
class TestQuotationVersion(CrmTriggersCommon):
    """K38: a quotation that a newer one replaces is not followed up any more."""

    def _send(self, order):
        order.action_quotation_sent()
        self._new_transaction()

    def _follow_up(self):
        domain = [("state", "=", "sent")]
        stop = [("has_newer_version", "=", True)]
        return self._create_rule(
            model="sale.order", filter_domain=domain, stop_domain=stop, steps=[self._task(delay_count=3)]
        )

    def test_newer_quotation_of_the_opportunity_stops_it_in_the_same_transaction(self):
        """Fails without ``opportunity_id.order_ids.state`` in the dependencies."""
        self._follow_up()
        lead = self._create_lead()
        first, second = (self._create_order(opportunity_id=lead.id) for _number in range(2))
        self._send(first)
        self.assertFalse(first.has_newer_version)

        self._send(second)

        self.assertTrue(first.has_newer_version)
        self.assertStopped(first, "stop_domain")
        self.assertExecutions(first, [("Call", "cancel")])
        self.assertExecutions(second, [("Call", "scheduled")])

    def test_duplicate_is_a_new_version_once_it_is_sent(self):
        """Also a duplicate of a duplicate. Fails without ``copy_data``."""
        self._follow_up()
        first = self._create_order()
        self._send(first)
        second = first.copy()
        third = second.copy()
        self._new_transaction()
        self.assertEqual((second + third).version_of_id, first)
        self.assertExecutions(first, [("Call", "scheduled")])

        self._send(third)

        self.assertExecutions(first, [("Call", "cancel")])
        self.assertEqual((first + second + third).mapped("has_newer_version"), [True, True, False])

    def test_what_is_no_newer_version(self):
        """Of another customer, of no opportunity, earlier, or only a draft."""
        lead = self._create_lead()
        other = self.env["res.partner"].create({"name": "Bob"})
        before, order = (self._create_order(opportunity_id=lead.id) for _number in range(2))
        self._create_order(opportunity_id=lead.id)
        for newer in (order.copy({"partner_id": other.id}), self._create_order()):
            self._send(newer)
        self._send(order)
        self._send(before)

        self.assertEqual((before.has_newer_version, order.has_newer_version), (True, False))

    def test_order_has_no_newer_version(self):
        order = self._create_order()
        order.sudo().action_confirm()

        self._send(order.copy())

        self.assertFalse(order.has_newer_version)

    def test_old_version_is_not_followed_up_again_when_the_newer_one_is_refused(self):
        """The customer refused. Its run ended, and nothing starts another one."""
        self._follow_up()
        first = self._create_order()
        self._send(first)
        second = first.copy()
        self._send(second)

        second.sudo()._action_cancel()
        self._new_transaction()

        self.assertFalse(first.has_newer_version)
        self.assertExecutions(first, [("Call", "cancel")])
        self.assertExecutions(second, [("Call", "cancel")])

    def test_duplicate_for_another_opportunity_is_another_deal(self):
        """The first one is followed up to its end. Fails without ``opportunity_id`` in ``_is_replaced_by``."""
        self._follow_up()
        kitchen, office = self._create_leads(2)
        first = self._create_order(opportunity_id=kitchen.id)
        self._send(first)
        second = first.copy({"opportunity_id": office.id})
        self._new_transaction()

        self._send(second)

        self.assertEqual((first + second).mapped("has_newer_version"), [False, False])
        self.assertExecutions(first, [("Call", "scheduled")])
        self.assertExecutions(second, [("Call", "scheduled")])

    def test_opportunity_of_the_duplicate_is_changed_afterwards(self):
        """Away from it, back to it, and to none. Fails without ``version_ids.opportunity_id`` in the dependencies."""
        kitchen, office = self._create_leads(2)
        first = self._create_order(opportunity_id=kitchen.id)
        loose = self._create_order()
        second, other = first.copy(), loose.copy()
        for order in (first, loose, second, other):
            self._send(order)
        self.assertEqual((first + loose).mapped("has_newer_version"), [True, True])

        for opportunities, expected in (
            ((office, office), [False, False]),
            ((kitchen, kitchen), [True, False]),
            ((office.browse(), office.browse()), [False, True]),
        ):
            (second.opportunity_id, other.opportunity_id) = opportunities
            self._new_transaction()
            self.assertEqual((first + loose).mapped("has_newer_version"), expected)

    def test_duplicates_of_an_order_are_new_deals(self):
        """Two orders of the same again: neither is a version of the other. Fails without ``state`` in ``copy_data``."""
        self._follow_up()
        order = self._create_order()
        order.sudo().action_confirm()
        again, once_more = order.copy(), order.copy()
        for quotation in (again, once_more):
            self._send(quotation)

        self.assertFalse((again + once_more).version_of_id)
        self.assertExecutions(again, [("Call", "scheduled")])

    def test_first_version_is_confirmed_or_cancelled_after_all(self):
        """The newer one continues, and is replaced by its own duplicate only."""
        self._follow_up()
        first = self._create_order()
        self._send(first)
        second = first.copy()
        self._send(second)
        first.sudo().action_confirm()
        self._new_transaction()
        self.assertEqual((first + second).mapped("has_newer_version"), [False, False])

        again = first.copy()
        self._send(again)
        self.assertExecutions(second, [("Call", "scheduled")])
        self._send(second.copy())

        self.assertExecutions(second, [("Call", "cancel")])
        self.assertExecutions(again, [("Call", "scheduled")])

    def test_upgrade_forgets_versions_of_other_opportunities(self):
        """Without triggering a rule. Fails without the script's line."""
        kitchen, office = self._create_leads(2)
        first, real = self._create_order(opportunity_id=kitchen.id), self._create_order(opportunity_id=office.id)
        newer = first.copy({"opportunity_id": office.id})
        loose = self._create_order()
        for order in (first, real, newer, loose, loose.copy()):
            self._send(order)
        self.env.cr.execute("UPDATE sale_order SET has_newer_version = TRUE WHERE id = %s", [first.id])
        self.env.invalidate_all()

        path = file_path("crm_triggers/migrations/19.0.1.5.0/post-quotation_versions.py")
        load_script(path, "crm_triggers_post_versions").migrate(self.env.cr, "19.0.1.4.0")

        self.assertEqual((first + real + loose).mapped("has_newer_version"), [False, True, True])
