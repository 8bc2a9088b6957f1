from odoo import api, fields, models
from odoo.addons.crm_triggers.engine.triggers import TriggerTraits, declare
from odoo.fields import Domain

LACKING = "lacking"
declare(LACKING, TriggerTraits(born=False, by_change=True), by=__name__)


class CrmTriggerRule(models.Model):
    """Rules that start when a field is emptied; a field that was never set starts none."""

    _inherit = "crm.trigger.rule"

    trigger = fields.Selection(
        selection_add=[(LACKING, "A record is left without a value")], ondelete={LACKING: "cascade"}
    )
    happening = fields.Selection(
        selection_add=[("call_missed_again", "A call is missed once more")], ondelete={"call_missed_again": "cascade"}
    )
    lacking_field_id = fields.Many2one(
        "ir.model.fields", ondelete="set null", domain="[('model_id', '=', model_id), ('store', '=', True)]"
    )

    def _get_own_conditions(self):
        """The event is added as a condition, so that the engine watches, stops and reverts as usual."""
        conditions = super()._get_own_conditions()
        lacking = self.trigger == LACKING and self.lacking_field_id
        return conditions & Domain(lacking.name, "=", False) if lacking else conditions

    def _get_trigger_problem(self):
        if self.trigger == LACKING and not self.lacking_field_id:
            return self.env._("Rule “%s”: choose the value that the record is left without.", self.name)
        return super()._get_trigger_problem()

    def _get_when_phrase(self):
        if self.trigger != LACKING:
            return super()._get_when_phrase()
        label = self.lacking_field_id.field_description or "…"
        return self.env._("When “%(field)s” is emptied (%(kind)s)", field=label, kind=self._get_kind())

    def _get_waiting_text(self):
        if self.trigger != LACKING:
            return super()._get_waiting_text()
        return self.env._("The value is missing already: the rule fires when it is filled in and emptied again.")

    @api.model
    def _get_definition_fields(self):
        return super()._get_definition_fields() | {"lacking_field_id"}

    @api.model
    def _get_cached_fields(self):
        return super()._get_cached_fields() | {"lacking_field_id"}

    @api.model
    def _get_sentence_fields(self):
        return super()._get_sentence_fields() | {"lacking_field_id"}
