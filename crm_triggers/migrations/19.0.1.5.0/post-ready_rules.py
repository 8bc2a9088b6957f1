from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Ready rules count from the first instalment that is not paid, and tell of a discount only where one was
    given. Rules that were made of them stay as they are."""
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
