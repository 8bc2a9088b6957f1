from odoo.fields import Command

from .common import CrmTriggersCommon

FAIL_ON_BAD = "if record.name == 'Bad':\n    raise UserError('Bad')"


class ServerActionCase(CrmTriggersCommon):
    """Steps of the administrator, each a server action of any kind."""

    def _other(self, state, **vals):
        return {"kind": "other", "name": "Other", "state": state, **vals}

    def _run_step(self, step, leads=None, **vals):
        """Return three leads, or those given, on which a rule ran the step."""
        rule = self._rule_on_offer([step], user=self.admin, **vals)
        leads = (leads or self._create_leads(3)).sudo()
        self._drag(leads, self.stage_offer)
        self._run_worker()
        rule.action_draft()
        return leads

    def _get_field(self, name, model="crm.lead"):
        return self.env["ir.model.fields"]._get(model, name)

    def assertDone(self, leads):  # noqa: N802
        self.assertEqual(set(self._get_executions(leads).mapped("state")), {"done"})

    def _multi(self, children):
        model_id = self.env["ir.model"]._get_id("crm.lead")
        return self._other(
            "multi",
            child_ids=[
                Command.create({"name": f"Child {i}", "model_id": model_id, "sequence": i, **vals})
                for i, vals in enumerate(children)
            ],
        )
