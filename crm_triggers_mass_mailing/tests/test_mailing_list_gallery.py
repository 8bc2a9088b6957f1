from odoo.addons.crm_triggers.tests.gallery_case import GalleryCase
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestMailingListGallery(GalleryCase):
    """The template that changes mailing lists."""

    module = "crm_triggers_mass_mailing"

    def test_customer_list(self):
        """K42, K57: on one list, off the other."""
        self.manager.group_ids = [Command.link(self.env.ref("mass_mailing.group_mass_mailing_user").id)]
        customers, prospects = self.env["mailing.list"].create([{"name": "Customers"}, {"name": "Prospects"}])
        contact = self.env["mailing.contact"].create(
            {"name": "Ada", "email": self.partner.email, "list_ids": [Command.link(prospects.id)]}
        )
        self._use("customer_list", {"mailing_list_id": customers.id}, {"mailing_list_id": prospects.id})

        self.partner.customer_rank = 1
        self._new_transaction()
        self._run_worker()

        self.assertEqual(contact.subscription_ids.filtered(lambda line: not line.opt_out).list_id, customers)
