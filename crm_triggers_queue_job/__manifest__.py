{
    "name": "CRM Triggers: Job Queue",
    "summary": "Run due steps as queue jobs on several machines",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_triggers maintainers",
    "website": "https://github.com/crm-triggers/crm_triggers",
    "license": "LGPL-3",
    "depends": ["crm_triggers", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
