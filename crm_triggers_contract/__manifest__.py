{
    "name": "CRM Triggers: Contracts",
    "summary": "Triggers on OCA contracts",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_triggers maintainers",
    "website": "https://github.com/crm-triggers/crm_triggers",
    "license": "AGPL-3",
    "depends": ["crm_triggers", "contract"],
    "data": [
        "data/mail_template_data.xml",
        "data/crm_trigger_preset_data.xml",
        "data/crm_trigger_help_data.xml",
        "data/crm_trigger_gallery_data.xml",
        "views/contract_contract_views.xml",
    ],
    "demo": ["demo/contract_demo.xml"],
    "auto_install": True,
}
