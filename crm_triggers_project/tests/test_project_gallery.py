from odoo.addons.crm_triggers.tests.gallery_case import GalleryCase
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestProjectGallery(GalleryCase):
    """The template that hands over to the delivery team."""

    module = "crm_triggers_project"

    def test_order_task(self):
        """K44: one task, also when the order is opened again and confirmed once more."""
        self.manager.group_ids = [Command.link(self.env.ref("project.group_project_manager").id)]
        project = self.env["project.project"].create({"name": "Deliveries", "company_id": self.company.id})
        self._use("order_task", {"task_project_id": project.id})
        order = self._create_order().sudo()

        for _number in range(2):
            order.action_confirm()
            self._new_transaction()
            self._run_worker()
            order._action_cancel()
            order.action_draft()
            self._new_transaction()

        self.assertEqual(project.task_ids.mapped("name"), [f"Prepare the order: {order.name}"])
