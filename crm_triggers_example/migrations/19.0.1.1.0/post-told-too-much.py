# New stop conditions of these rules, with the missing part. Conditions changed by an owner are kept.
STOP = {
    "rule_followup": '["|", "|", ("has_newer_version", "=", True), ("signed_on", "!=", False),'
    ' ("opportunity_id.won_status", "=", "lost")]',
    "rule_expires": '["|", ("has_newer_version", "=", True), ("opportunity_id.won_status", "=", "lost")]',
    "rule_contract_30": '[("is_renewal_lost", "=", True)]',
}
BEFORE, NOW = "[('state', 'in', ['draft', 'sent']), ", "[('state', 'in', ['draft', 'sent']), ('state', '=', 'sent'), "


def migrate(cr, version):
    """The customer gets no message about a quotation that was not sent, or that was lost."""
    if not version:
        return
    cr.execute(
        "UPDATE crm_trigger_rule r SET filter_domain = replace(filter_domain, %s, %s) FROM ir_model_data d"
        " WHERE d.model = 'crm.trigger.rule' AND d.res_id = r.id AND d.module = 'crm_triggers_example'"
        " AND d.name = 'rule_expires' AND filter_domain ~ %s",
        [BEFORE, NOW, r"^\[\('state', 'in', \['draft', 'sent'\]\), \('team_id', '=', [0-9]+\)\]$"],
    )
    for name, domain in STOP.items():
        cr.execute(
            "UPDATE crm_trigger_rule r SET stop_domain = %s FROM ir_model_data d"
            " WHERE d.model = 'crm.trigger.rule' AND d.res_id = r.id AND d.module = 'crm_triggers_example'"
            " AND d.name = %s AND r.stop_domain IS NULL",
            [domain, name],
        )
