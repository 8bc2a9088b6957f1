from odoo import api, fields, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import AccessError


class IrActionsServer(models.Model):
    """What commercial processes need beyond Odoo's own server actions; automation rules and
    menus may use it too."""

    _inherit = "ir.actions.server"

    usage = fields.Selection(selection_add=[("crm_trigger", "Trigger step")], ondelete={"crm_trigger": "cascade"})
    state = fields.Selection(
        selection_add=[
            ("crm_opportunity", "Create Opportunity"),
            ("crm_trigger_enroll", "Put into Scenario"),
        ],
        ondelete={"crm_opportunity": "cascade", "crm_trigger_enroll": "cascade"},
    )
    scenario_id = fields.Many2one(
        "crm.trigger.rule",
        ondelete="restrict",
        domain=[("trigger", "=", "manual")],
        help="The records, or their contacts if the scenario is made for contacts, are put into it.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_owned_by_steps(self):
        """A step goes first, and takes its server action along."""
        steps = self.env["crm.trigger.step"].sudo().search([("action_id", "in", self.ids)])
        steps._forbid_deletion(", ".join(self.mapped("name")))

    def unlink(self):
        """An add-on that is uninstalled takes its server actions along. Their steps go first, by the
        way that leaves their names in the log and has what waits for them go on."""
        if not (self and self.env.context.get(MODULE_UNINSTALL_FLAG)):
            return super().unlink()
        self.env["crm.trigger.step"].search([("action_id", "in", self.ids)]).unlink()
        return super(IrActionsServer, self.exists()).unlink()

    @api.autovacuum
    def _gc_crm_trigger_actions(self):
        """Delete what is left of steps that the database deleted, for instance with their company."""
        owned = self.env["crm.trigger.step"]._search([]).subselect("action_id")
        self.search([("usage", "=", "crm_trigger"), ("id", "not in", owned)]).unlink()

    def run(self):
        """The server action of a step is run by its rule, on the records of its conditions: nobody
        calls it on others.

        :raises AccessError: somebody does
        """
        if not self.env.su and not self.env.user._is_system() and "crm_trigger" in self.sudo().mapped("usage"):
            raise AccessError(self.env._("This is the step of a rule: it is carried out by the rule alone."))
        return super().run()

    def _get_children_domain(self):
        """A step belongs to its rule: no multi action may take it."""
        return super()._get_children_domain() & fields.Domain("usage", "!=", "crm_trigger")

    def _get_warning_messages(self):
        """Not in ``_warning_depends``: Odoo would take the warning of scheduled actions along when
        the scenario's field is uninstalled."""
        warnings = super()._get_warning_messages()
        if self.state == "crm_opportunity" and (warning := self._get_crm_opportunity_warning()):
            warnings.append(warning)
        warnings += [
            self.env._("The scenario “%(scenario)s” is made for another kind of record.", scenario=scenario.name)
            for scenario in self._get_scenarios()
            if self._get_scenario_path(scenario) is None
        ]
        return warnings

    def _get_crm_opportunity_warning(self):
        """Return why records of the model get no opportunity, in words, or None.

        Override for the records that an add-on makes opportunities of.
        """
        return None if self.model_name == "sale.order" else self.env._("Only quotations can be given an opportunity.")

    def _get_active_records(self):
        context = self.env.context
        return self.env[self.model_name].browse(context.get("active_ids") or context.get("active_id") or [])

    def _run_action_crm_opportunity_multi(self, eval_context=None):
        self._crm_trigger_create_opportunities(self._get_active_records())
        return False

    def _crm_trigger_create_opportunities(self, orders):
        """Create the opportunity of quotations that have none, linked both ways.

        :param orders: ``sale.order`` recordset
        :return: the new ``crm.lead`` records, one per quotation without one, in their order
        """
        orders = (orders | orders).filtered(lambda order: not order.opportunity_id)  # each once
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"{order.name}: {order.partner_id.display_name}",
                    "type": "opportunity",
                    "partner_id": order.partner_id.id,
                    "user_id": order.user_id.id,
                    "team_id": order.team_id.id,
                    "company_id": order.company_id.id,
                    "expected_revenue": order.amount_untaxed,
                }
                for order in orders
            ]
        )
        for order, lead in zip(orders, leads, strict=True):
            order.opportunity_id = lead
        return leads

    def _get_scenario_path(self, scenario):
        """Return the field that leads from a record to what a scenario is made for: "" for
        the record itself, None if nothing does."""
        if scenario.model_name == self.model_name:
            return ""
        path = self.env["crm.trigger.run"]._get_partner_field(self.model_name)
        return path if scenario.model_name == "res.partner" else None

    def _run_action_crm_trigger_enroll_multi(self, eval_context=None):
        self.scenario_id.enroll(self._get_members(self._get_active_records(), self.scenario_id))
        return False
