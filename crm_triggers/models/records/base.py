from odoo import models


class Base(models.AbstractModel):
    """What a model declares to rules, in class attributes. All are optional: rules can be created for any model.

    The methods named here return these attributes by default; override them for a more specific answer.
    """

    _inherit = "base"

    _crm_trigger_name = None  # name in sales terms, a LazyTranslate (``_get_crm_trigger_names``)
    _crm_trigger_phase = None  # phase of the sales process in which its rules start (``_get_model_faces``) …
    _crm_trigger_icon = None  # … and their icon, from Font Awesome
    _crm_trigger_update_paths = frozenset()  # fields that managers' steps may change (``_get_update_paths``)
    _crm_trigger_initial_conditions = None  # initial conditions of a new rule, as text (``_get_initial_conditions``)
    _crm_trigger_archive_fields = frozenset()  # fields that mark archived records (``_get_archive_fields``)
    _crm_trigger_own_date = None  # field with the real date of a new record, which for an import is long ago
    _crm_trigger_written_past = frozenset()  # fields that Odoo writes by SQL, bypassing all hooks (``_is_captured``)
    _crm_trigger_goal = None  # domain of records that reached a good end (``_get_goal_domain``)
    _crm_trigger_document = None  # field of the document it is a line of (``_get_document_fields``)
    _crm_trigger_partner = None  # field of its contact, if not partner_id (``_get_partner_field``)
    _crm_trigger_opportunity = None  # field of its opportunity, if not opportunity_id (``_get_opportunity_field``)
    _crm_trigger_terms = frozenset()  # fields with the terms agreed with the customer
    _crm_trigger_former_dates = {}  # {date: the date that presets used before}; existing rules still count from that

    def _get_crm_trigger_bound(self):
        """Return those of these records that were agreed with a customer: no step changes their terms.

        Override for a model that has ``_crm_trigger_terms``.
        """
        return self.browse()

    def _crm_trigger_settle_prices(self):
        """Recompute what depends on the prices of these records, after a step changed them.

        Override if anything does, such as the rewards on a quotation.
        """
