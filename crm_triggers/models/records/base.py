from odoo import models


class Base(models.AbstractModel):
    """What a model says of itself to rules, by attributes of its class; what it does not say, nobody
    has to: rules can be made for any model.

    The hooks named here answer by these attributes, and may be overridden where more is to be asked.
    """

    _inherit = "base"

    _crm_trigger_name = None  # in sales words, a LazyTranslate (``_get_crm_trigger_names``)
    _crm_trigger_phase = None  # where in the sales process its rules begin (``_get_model_faces``) …
    _crm_trigger_icon = None  # … and their icon, one of Font Awesome's
    _crm_trigger_update_paths = frozenset()  # what managers' steps may change (``_get_update_paths``)
    _crm_trigger_initial_conditions = None  # of a new rule, as text (``_get_initial_conditions``)
    _crm_trigger_archive_fields = frozenset()  # that tell what is archived (``_get_archive_fields``)
    _crm_trigger_own_date = None  # the field that says when a new one really is from: an import's is long ago
    _crm_trigger_written_past = frozenset()  # fields that Odoo writes by SQL, unseen by any hook (``_is_captured``)
    _crm_trigger_goal = None  # the domain of what came to a good end (``_get_goal_domain``)
    _crm_trigger_document = None  # the field to the document it is a line of (``_get_document_fields``)
    _crm_trigger_partner = None  # the field to its contact, if not partner_id (``_get_partner_field``)
    _crm_trigger_opportunity = None  # that to its opportunity, if not opportunity_id (``_get_opportunity_field``)
    _crm_trigger_terms = frozenset()  # fields that say what was agreed with its customer
    _crm_trigger_former_dates = {}  # {date: what presets said in its place before}; rules still count from that

    def _get_crm_trigger_bound(self):
        """Return those of these records that were agreed with a customer: no step changes the terms of them.

        Override for a model that has ``_crm_trigger_terms``.
        """
        return self.browse()

    def _crm_trigger_settle_prices(self):
        """Have reckoned anew what depends on the prices of these records, after a step changed them.

        Override where something does, as the rewards on a quotation.
        """
