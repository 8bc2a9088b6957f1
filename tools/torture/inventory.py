"""Contents of a database besides users' records: what an uninstalled add-on may leave behind."""

from ..postgres import sql

# label -> query of one text column; whatever a module creates is in one of these.
_QUERIES = {
    "column": "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'",
    "index": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraint": "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "external id": "SELECT module || '.' || name FROM ir_model_data WHERE model <> 'ir.module.module'",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model || '.' || name FROM ir_model_fields",
    "selection": "SELECT f.model || '.' || f.name || ' ' || s.value"
    " FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id",
    "access": "SELECT name FROM ir_model_access",
    "record rule": "SELECT coalesce(name, id::text) FROM ir_rule",
    "group": "SELECT name->>'en_US' FROM res_groups",
    "privilege": "SELECT name->>'en_US' FROM res_groups_privilege",
    "server action": "SELECT coalesce(state, '') || ' ' || (name->>'en_US') FROM ir_act_server",
    "window action": "SELECT name->>'en_US' FROM ir_act_window",
    "scheduled action": "SELECT cron_name FROM ir_cron",
    "view": "SELECT coalesce(model, '') || ' ' || name FROM ir_ui_view",
    "menu": "SELECT name->>'en_US' FROM ir_ui_menu",
    "template": "SELECT name->>'en_US' FROM mail_template",
    "activity type": "SELECT name->>'en_US' FROM mail_activity_type",
    "subtype": "SELECT name->>'en_US' FROM mail_message_subtype",
    "parameter": "SELECT key FROM ir_config_parameter",
    "default": "SELECT f.model || '.' || f.name FROM ir_default d JOIN ir_model_fields f ON f.id = d.field_id",
    "filter": "SELECT name FROM ir_filters",
    "activity on ours": "SELECT res_model || ' ' || id FROM mail_activity WHERE res_model LIKE 'crm.trigger.%'",
    "message on ours": "SELECT model || ' ' || id FROM mail_message WHERE model LIKE 'crm.trigger.%'",
    "follower of ours": "SELECT res_model || ' ' || id FROM mail_followers WHERE res_model LIKE 'crm.trigger.%'",
    "attachment of ours": "SELECT res_model || ' ' || id FROM ir_attachment WHERE res_model LIKE 'crm.trigger.%'",
}


def take(database: str) -> set[str]:
    """Return the set of everything in a database, each item as ``label: name``."""
    return {f"{label}: {line}" for label, query in _QUERIES.items() for line in sql(query, database)}
