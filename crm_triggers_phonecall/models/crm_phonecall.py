from odoo import api, models
from odoo.addons.crm_triggers.models.trigger_kinds.happening.crm_trigger_rule import Happened


class CrmPhonecall(models.Model):
    """Phone calls that are planned, come in or go out happen to their opportunity (K12, K14)."""

    _inherit = "crm.phonecall"

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        calls._crm_trigger_note()
        return calls

    def write(self, values):
        """A call that is held, or gets an opportunity, happens to it; the same one never twice."""
        if not {"state", "opportunity_id", "direction"} & values.keys():
            return super().write(values)
        before = {call.id: call._get_crm_trigger_happening() for call in self.sudo()}
        result = super().write(values)
        changed = self.sudo().filtered(lambda call: call._get_crm_trigger_happening() != before[call.id])
        changed._crm_trigger_note()
        return result

    def _get_crm_trigger_happening(self):
        """Return what this call is for which opportunity; one that is cancelled is nothing."""
        kind = {"open": "call_planned", "pending": "call_planned", "done": f"call_{self.direction}"}.get(self.state)
        return (kind, self.opportunity_id.id) if kind and self.opportunity_id else None

    def _crm_trigger_note(self):
        """Let the rules know of these calls. What was said is in the summary, the notes and the tags."""
        rules = self.env["crm.trigger.rule"]
        for happening in ("call_planned", "call_in", "call_out"):
            rules._note_happened(
                happening, rules._get_happened(happening, lambda _models, kind=happening: self._crm_trigger_tell(kind))
            )

    def _crm_trigger_tell(self, happening):
        calls = self.sudo().filtered(lambda call: (call._get_crm_trigger_happening() or ("",))[0] == happening)
        return [
            Happened(
                "crm.lead",
                call.opportunity_id.id,
                call.id,
                None,
                " ".join([call.name, call.description or "", *call.tag_ids.mapped("name")]),
            )
            for call in calls
        ]
