def migrate(cr, version):
    """Quotations know of the discount that a rule gave them, by which steps may ask."""
    if version:
        cr.execute(
            "UPDATE sale_order SET has_rule_discount = TRUE"
            " WHERE id IN (SELECT order_id FROM crm_trigger_incentive WHERE taken_back IS NOT TRUE)"
        )
