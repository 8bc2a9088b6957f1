from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# France and its overseas departments, where the commercial code holds as it stands.
FRANCE = ("FR", "GP", "GF", "MQ", "RE", "YT")


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "crm.trigger.mixin"]
    _crm_trigger_name = _lt("Invoice")
    _crm_trigger_phase = "invoice"
    _crm_trigger_icon = "fa-money"
    # What "Invoice" means to a sales manager, where Odoo keeps bills and entries in the same model.
    _crm_trigger_initial_conditions = '[("move_type", "=", "out_invoice"), ("state", "=", "posted")]'
    _crm_trigger_written_past = frozenset({"name"})
    _crm_trigger_goal = (("payment_state", "in", ("in_payment", "paid")),)
    _crm_trigger_update_paths = frozenset({"invoice_user_id"})

    has_french_late_terms = fields.Boolean(
        "French late payment terms",
        compute="_compute_has_french_late_terms",
        help="The company is in France and the customer is a business: reminders name the late penalties and the "
        "fixed sum of 40 € for recovery costs (commercial code, L441-10 and D441-5).",
    )

    @api.depends("company_id.country_id", "commercial_partner_id.is_company", "commercial_partner_id.vat")
    def _compute_has_french_late_terms(self):
        """Between professionals only: a private person owes neither."""
        for move in self:
            customer = move.commercial_partner_id
            business = customer.is_company or customer.vat
            move.has_french_late_terms = bool(business) and move.company_id.country_id.code in FRANCE
