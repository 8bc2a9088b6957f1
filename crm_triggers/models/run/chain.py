from odoo import api, fields, models

from ...engine.decision import MAX_DEPTH


class CrmTriggerRun(models.Model):
    """Runs that the steps of other rules led to."""

    _inherit = "crm.trigger.run"

    chain = fields.Char(
        "Rules in a row", compute="_compute_chain", help="The rules that led here, the first one first."
    )

    @api.depends("rule_id", "origin_execution_id")
    @api.depends_context("lang")
    def _compute_chain(self):
        """Names are read by the system: who reads this line may know which rules led to it."""
        for run in self.sudo():
            names, cause = [run.rule_id.name], run.origin_execution_id.run_id
            while cause and len(names) <= MAX_DEPTH + 1:
                names.append(cause.rule_id.name)
                cause = cause.origin_execution_id.run_id
            run.chain = " → ".join(reversed(names))

    def _tell_of_loop(self):
        """Tell the owners of rules that were stopped for starting one another, once a rule."""
        for rule, runs in self.grouped("rule_id").items():
            rule._alert(
                lambda env: env._("Rules start one another in a circle"),
                lambda env, chain=runs[:1].chain: env._(
                    "They were stopped after ten in a row: %s. Change the conditions of one of them.", chain
                ),
            )
