from odoo import fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class SiteVisit(models.Model):
    """A visit at a customer's, with all that rules need."""

    _name = "test.crm.trigger.visit"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.trigger.mixin"]
    _description = "Test of Triggers: Site Visit"
    _crm_trigger_name = _lt("Site visit")
    _crm_trigger_phase = "contact"
    _crm_trigger_icon = "fa-car"
    _crm_trigger_partner = "customer_id"
    _crm_trigger_update_paths = frozenset({"outcome"})
    _crm_trigger_initial_conditions = '[("outcome", "!=", "cancelled")]'
    _crm_trigger_goal = (("outcome", "=", "sold"),)

    name = fields.Char(required=True)
    customer_id = fields.Many2one("res.partner")
    user_id = fields.Many2one("res.users")
    outcome = fields.Selection([("sold", "Sold"), ("thought", "Thinks about it"), ("cancelled", "Cancelled")])
