{
    "name": "CRM Triggers: Contract Renewals",
    "summary": "Rules on contract lines with automatic renewal",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_triggers maintainers",
    "website": "https://github.com/crm-triggers/crm_triggers",
    "license": "AGPL-3",
    "development_status": "Beta",
    "maintainers": ["crm-triggers"],
    "depends": ["crm_triggers_contract", "contract_line_successor"],
    "data": ["data/crm_trigger_rule_data.xml"],
    "auto_install": True,
}
