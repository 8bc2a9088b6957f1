from odoo.tests import tagged

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
        """The customer said no. Its run ended, and nothing starts another one."""
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
