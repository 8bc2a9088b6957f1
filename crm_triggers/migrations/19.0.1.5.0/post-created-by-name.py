# Templates that started on record creation: their previous conditions, their new ones, and the preset for them.
READY = {
    ("crm_triggers", "template_contact_welcome"): (
        """[("email", "!=", False), ("parent_id", "=", False)]""",
        """[("email", "!=", False), ("parent_id", "=", False), ("create_date", ">=", "today -7d")]""",
        "preset_contact_reachable",
    ),
    ("crm_triggers_sms", "template_lead_text"): (
        """[("won_status", "=", "pending")]""",
        """[("won_status", "=", "pending"), ("phone", "!=", False), ("create_date", ">=", "today -2d")]""",
        "preset_lead_reachable",
    ),
}


def migrate(cr, version):
    """A contact created by name gets its email address a little later. Templates changed by an administrator are
    kept, and so are the rules created from them.
    """
    for (module, name), (before, now, preset) in READY.items() if version else ():
        cr.execute(
            "UPDATE crm_trigger_rule r SET trigger = 'match', filter_domain = %s, reentry = 'once', preset_id ="
            " (SELECT res_id FROM ir_model_data WHERE module = 'crm_triggers' AND name = %s)"
            " FROM ir_model_data d WHERE d.model = 'crm.trigger.rule' AND d.res_id = r.id AND d.module = %s"
            " AND d.name = %s AND r.is_template AND r.trigger = 'create' AND r.filter_domain = %s",
            [now, preset, module, name, before],
        )
