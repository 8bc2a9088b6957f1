{
    "name": "CRM Triggers: Test Bridges",
    "summary": "Bridges as an add-on would bring them: a kind of step, a kind of trigger, a guard and a model",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "crm_triggers maintainers",
    "depends": ["crm_triggers"],
    "data": ["security/ir.model.access.csv"],
}
