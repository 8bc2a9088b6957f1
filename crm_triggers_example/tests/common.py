from odoo.addons.crm_triggers.tests.common import CrmTriggersCommon

MODULE = "crm_triggers_example"


class ExampleCommon(CrmTriggersCommon):
    """The example process, activated at the frozen time, with Sam as its salesperson."""

    @classmethod
    def _rest_rules(cls):
        names = cls.env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "crm.trigger.rule")])
        cls.rules = cls.env["crm.trigger.rule"].browse(names.mapped("res_id"))
        cls.installed_states = set(cls.rules.mapped("state"))
        return super()._rest_rules()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.example_team = cls.env.ref(f"{MODULE}.team")
        cls.sam.group_ids += cls.env.ref("account.group_account_invoice")  # required to open contracts
        cls.env.ref(f"{MODULE}.step_request_1").assign_user_ids = cls.sam
        cls.rules.action_activate()

    def _get(self, name):
        return self.env.ref(f"{MODULE}.{name}")

    def _stage(self, lead):
        """Return the last part of the external id of a lead's stage."""
        return lead.stage_id.get_external_id()[lead.stage_id.id].removeprefix(f"{MODULE}.stage_")

    def _open(self, record, type_xmlid):
        """Return the open activities of a type on a record, of any user."""
        return record.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(type_xmlid)
        )
