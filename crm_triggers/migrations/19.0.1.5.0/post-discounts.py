def migrate(cr, version):
    """Store on quotations the discount that a rule gave them, so that steps can use it in conditions."""
    if version:
        cr.execute(
            "UPDATE sale_order SET has_rule_discount = TRUE"
            " WHERE id IN (SELECT order_id FROM crm_trigger_incentive WHERE taken_back IS NOT TRUE)"
        )
