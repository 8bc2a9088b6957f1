from datetime import timedelta

from odoo import fields, models
from odoo.addons.crm_triggers.models.queue.guards import Guard, Later, Skip

FRIDAY = 4
WORD = "secret"


class CrmTriggerExecution(models.Model):
    _inherit = "crm.trigger.execution"

    skip_reason = fields.Selection(
        selection_add=[("confidential", "It is secret")], ondelete={"confidential": "set null"}
    )

    def _get_guards(self):
        guards = super()._get_guards()
        if self.rule_id.model_name == "test.crm.trigger.visit":
            guards.append(Guard("friday", self.env._("It is not Friday"), self.env._("nothing is done on Fridays")))
            guards.append(Guard("secret", self.env._("The visit is no secret"), self.env._("the visit is secret")))
        return guards

    def _guard_friday(self, rule, step):
        now = fields.Datetime.now()
        return dict.fromkeys(self, Later(now + timedelta(days=3))) if now.weekday() == FRIDAY else {}

    def _guard_secret(self, rule, step):
        visits = self.env["test.crm.trigger.visit"].browse(self.mapped("res_id"))
        secret = visits.filtered(lambda visit: WORD in visit.name.lower())
        return {line: Skip("confidential") for line in self if line.res_id in secret.ids}
