from odoo.fields import Command
from odoo.tests import Form

from .common import CrmTriggersCommon


class DocumentCase(CrmTriggersCommon):
    """Rules that act on quotations, orders and invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create({"name": "20 %", "amount": 20, "company_id": cls.company.id})

    def _create_taxed(self, **vals):
        """Return a quotation for 100, 120 with taxes."""
        line = {"product_id": self.product.id, "price_unit": 100, "tax_ids": [Command.set(self.tax.ids)]}
        return self._create_order(**{"order_line": [Command.create(line)], **vals}).sudo()

    def _create_confirmed(self, **vals):
        order = self._create_taxed(**vals)
        order.action_confirm()
        self._new_transaction()
        return order

    def _create_order_of_b(self):
        """Return a quotation for 100 of the other company."""
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company_b.id,
                "team_id": False,
                "order_line": [Command.create({"product_id": self.product.id, "price_unit": 100, "tax_ids": False})],
            }
        )

    def _pay_online(self, order, state):
        """Return an online payment of the whole quotation, in that state."""
        provider = self.env["payment.provider"].with_context(active_test=False).search([], limit=1)
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        values = {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "reference": f"{order.name} {state}",
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
            "partner_id": order.partner_id.id,
            "sale_order_ids": [Command.link(order.id)],
            "state": "pending" if state == "authorized" else state,
        }
        payment = self.env["payment.transaction"].create(values)
        if state == "authorized":  # hardly any provider supports it
            self.env.flush_all()
            self.env.cr.execute("UPDATE payment_transaction SET state = 'authorized' WHERE id = %s", payment.ids)
        self._new_transaction()
        return payment

    def _create_action(self, state, model="sale.order", **vals):
        """Return a server action as an administrator creates one for a menu."""
        model_id = self.env["ir.model"]._get_id(model)
        return self.env["ir.actions.server"].create({"name": "Action", "model_id": model_id, "state": state, **vals})

    def _add_step(self, kind, model="sale.order", **vals):
        """Return the step that the sales manager adds in the form of a rule, with the entered values."""
        rule = self._create_rule(trigger="manual", model=model, activate=False)
        with Form(rule.with_user(self.manager)) as form, form.step_ids.new() as step:
            step.kind = kind
            for name, value in vals.items():
                step[name] = value
        return rule.step_ids[-1:]

    def _create_scenario(self, steps, **vals):
        return self._create_rule(trigger="manual", model="sale.order", steps=steps, **vals)

    def _run_step(self, step, orders, *, key="one", **vals):
        """Put documents into a scenario with this step, run it, and return its results."""
        model = orders._name
        rule = self._create_rule(trigger="manual", model=model, steps=[step], **vals)
        self._enroll(rule, orders, key)
        return self._get_executions(orders, rule)

    def _enroll(self, rule, orders, key="one"):
        rule.enroll(orders.with_user(self.env.ref("base.user_root")), key=key)
        self._run_worker()

    def _start_two_runs(self, rule, record):
        """Let two runs of one record meet at the first step."""
        for key in ("a", "b"):
            self.env["crm.trigger.run"]._start(rule, {record.id: key}, {})._plan(rule)
