{
    "name": "CRM Triggers: Mailing Lists",
    "summary": "Rules that add contacts to mailing lists, and send mailings",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "author": "crm_triggers maintainers",
    "website": "https://github.com/crm-triggers/crm_triggers",
    "license": "LGPL-3",
    "development_status": "Beta",
    "maintainers": ["crm-triggers"],
    "images": ["static/description/rule-form.png"],
    "depends": ["crm_triggers", "mass_mailing"],
    "data": [
        "data/crm_trigger_gallery_data.xml",
        "views/crm_trigger_step_views.xml",
        "views/ir_actions_server_views.xml",
    ],
    "auto_install": True,
}
