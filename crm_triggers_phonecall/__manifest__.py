{
    "name": "CRM Triggers: Phone Calls",
    "summary": "Rules on phone calls",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_triggers maintainers",
    "website": "https://github.com/crm-triggers/crm_triggers",
    "license": "AGPL-3",
    "development_status": "Beta",
    "maintainers": ["crm-triggers"],
    "depends": ["crm_triggers", "crm_phonecall"],
    "data": ["data/crm_trigger_preset_data.xml"],
    "auto_install": True,
}
