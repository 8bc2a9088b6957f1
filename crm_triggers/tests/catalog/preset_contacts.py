from odoo.fields import Command


class ContactPresets:
    """Events on contacts."""

    def _make_contact_created(self):
        partners = self.env["res.partner"]
        yield partners.create({"name": "Depot", "type": "delivery", "parent_id": self.partner.id})
        yield partners.create({"name": "Grace"})

    def _make_contact_reachable(self):
        partners = self.env["res.partner"]
        known, new = partners.create([{"name": "Grace"}, {"name": "Ida"}])
        self.env.cr.execute("UPDATE res_partner SET create_date = '2025-01-01' WHERE id = %s", [known.id])
        known.invalidate_recordset(["create_date"])
        partners.create({"name": "Employee", "email": "e@example.com", "parent_id": new.id})
        yield
        (known + new).email = "i@example.com"
        yield new

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
