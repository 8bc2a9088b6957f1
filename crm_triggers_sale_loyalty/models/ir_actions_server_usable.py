from datetime import timedelta

from odoo import fields, models


class IrActionsServer(models.Model):
    """Which coupons Odoo accepts on a quotation, and will accept on the next one."""

    _inherit = "ir.actions.server"

    def _crm_trigger_search_coupons(self, partners):
        """Return the coupons of the program that these contacts can still use, including those without an end date."""
        return (
            self.env["loyalty.card"]
            .sudo()
            .search(
                [
                    ("program_id", "=", self.coupon_program_id.id),
                    ("partner_id", "in", partners.ids),
                    ("points", ">=", self._crm_trigger_get_points()),
                    "|",
                    ("expiration_date", "=", False),
                    ("expiration_date", ">=", fields.Date.context_today(self)),
                ]
            )
        )

    def _crm_trigger_get_points(self):
        """Return the minimum number of points for which a coupon can be used."""
        return min(self.coupon_program_id.sudo().reward_ids.mapped("required_points"), default=1)

    def _crm_trigger_get_coupon_end(self):
        """Return the last day of a coupon created now: never after the end of its program."""
        until = fields.Date.context_today(self) + timedelta(days=self.coupon_days)
        return min(until, self.coupon_program_id.sudo().date_to or until)

    def _crm_trigger_get_takers(self, partners):
        """Return the records whose contact could use a coupon of the program today.

        :param dict partners: ``{record: contact}``
        """
        orders = {record: self._crm_trigger_get_next_order(record, partner) for record, partner in partners.items()}
        taken = {order: self._crm_trigger_is_taken(*order) for order in set(orders.values())}
        return {record for record, order in orders.items() if taken[order]}

    def _crm_trigger_get_next_order(self, record, partner):
        """Return the company and pricelist of the next order: those of the record, if it has them."""
        company = ("company_id" in record and record.company_id) or self.env.company
        known = "pricelist_id" in record and record.pricelist_id
        return company, known or partner.with_company(company).property_product_pricelist

    def _crm_trigger_is_taken(self, company, pricelist):
        """Evaluate what Odoo checks when a code is entered, for an order created today."""
        program_sudo = self.coupon_program_id.sudo()  # salespeople may use coupons, but not read all of their programs
        if not program_sudo.reward_ids and program_sudo.with_context(active_test=False).reward_ids:
            return False  # all of them are archived
        if program_sudo.limit_usage and program_sudo.total_order_count >= program_sudo.max_usage:
            return False
        order_sudo = self.env["sale.order"].sudo().new({"company_id": company.id, "pricelist_id": pricelist.id})
        return bool(program_sudo.filtered_domain(order_sudo._get_program_domain()))
