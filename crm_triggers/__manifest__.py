{
    "name": "CRM Triggers",
    "summary": "When something happens to a lead, a quotation or an invoice, do what the process says",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "crm_triggers maintainers",
    "website": "https://github.com/crm-triggers/crm_triggers",
    "license": "LGPL-3",
    "depends": ["sale_crm"],
    "data": [],
    "demo": [],
    "application": True,
}
