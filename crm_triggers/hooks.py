def uninstall_hook(env):
    """Remove what Odoo leaves behind: external ids that other add-ons extending the chatter gave to parts of our
    models.
    """
    ours = "crm.trigger.%"
    parts = {
        "ir.model.inherit": [("model_id.model", "=like", ours)],
        "ir.model.fields.selection": [("field_id.model", "=like", ours)],
    }
    for model_name, domain in parts.items():
        ids = env[model_name].search(domain).ids
        names = [("model", "=", model_name), ("res_id", "in", ids), ("module", "!=", "crm_triggers")]
        env["ir.model.data"].search(names).unlink()
