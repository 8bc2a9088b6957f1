from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Templates count from the first unpaid instalment, and mention a discount only if one was given. Rules created
    from them are kept.
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    due = env["ir.model.fields"]._get("account.move", "invoice_date_due")
    ready = env["crm.trigger.rule"].with_context(active_test=False)
    ready = ready.search([("is_template", "=", True), ("trg_date_id", "=", due.id)])
    ready.trg_date_id = env["ir.model.fields"]._get("account.move", "next_due_date")
    for number in (2, 3):
        step = env.ref(f"crm_triggers.template_step_quotation_incentive_{number}", raise_if_not_found=False)
        if step and not step.filter_domain:
            step.filter_domain = '[("has_rule_discount", "=", True)]'
