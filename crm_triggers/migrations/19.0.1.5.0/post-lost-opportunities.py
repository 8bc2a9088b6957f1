LOST = '("opportunity_id.won_status", "=", "lost")'
NEWER = '("has_newer_version", "=", True)'
# Stop conditions of the templates on quotations: the previous and the new ones.
STOP = {
    f'["|", {NEWER}, ("signed_on", "!=", False)]': f'["|", "|", {NEWER}, ("signed_on", "!=", False), {LOST}]',
    f"[{NEWER}]": f'["|", {NEWER}, {LOST}]',
}


def migrate(cr, version):
    """Templates no longer write about quotations of a lost opportunity. Rules created from them are kept."""
    for before, now in STOP.items() if version else ():
        cr.execute(
            "UPDATE crm_trigger_rule r SET stop_domain = %s FROM ir_model_data d WHERE d.model = 'crm.trigger.rule'"
            " AND d.res_id = r.id AND d.module = 'crm_triggers' AND d.name LIKE 'template\\_quotation\\_%%'"
            " AND r.is_template AND r.stop_domain = %s",
            [now, before],
        )
