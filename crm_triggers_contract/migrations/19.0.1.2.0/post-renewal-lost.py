def migrate(cr, version):
    """The template no longer requests renewals that were lost. Rules created from it are kept."""
    if version:
        cr.execute(
            "UPDATE crm_trigger_rule r SET stop_domain = %s FROM ir_model_data d WHERE d.model = 'crm.trigger.rule'"
            " AND d.res_id = r.id AND d.module = 'crm_triggers_contract' AND d.name = 'template_contract_ends'"
            " AND r.is_template AND r.stop_domain IS NULL",
            ['[("is_renewal_lost", "=", True)]'],
        )
