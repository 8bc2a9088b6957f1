LOST = '("opportunity_id.won_status", "=", "lost")'
NEWER = '("has_newer_version", "=", True)'
# When ready rules on quotations stop: what they said, and what they say now.
STOP = {
    f'["|", {NEWER}, ("signed_on", "!=", False)]': f'["|", "|", {NEWER}, ("signed_on", "!=", False), {LOST}]',
    f"[{NEWER}]": f'["|", {NEWER}, {LOST}]',
}


def migrate(cr, version):
    """Ready rules write no more about quotations of an opportunity that was lost. Rules made of them stay."""
    for before, now in STOP.items() if version else ():
        cr.execute(
            "UPDATE crm_trigger_rule r SET stop_domain = %s FROM ir_model_data d WHERE d.model = 'crm.trigger.rule'"
            " AND d.res_id = r.id AND d.module = 'crm_triggers' AND d.name LIKE 'template\\_quotation\\_%%'"
            " AND r.is_template AND r.stop_domain = %s",
            [now, before],
        )
