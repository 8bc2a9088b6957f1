from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        src_records._crm_trigger_capture_merged(dst_record)
        return super()._update_foreign_keys_generic(model, src_records, dst_record)

    def _update_reference_fields(self, src_partners, dst_partner):
        """What rules did and plan for merged contacts continues on the remaining one, and so does what they did."""
        result = super()._update_reference_fields(src_partners, dst_partner)
        self.env["crm.trigger.run"].sudo()._move_to(dst_partner, src_partners)  # only the system writes the log
        self.env["crm.trigger.signal"]._take_over(dst_partner, src_partners)
        return result
