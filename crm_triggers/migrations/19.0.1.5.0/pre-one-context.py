def migrate(cr, version):
    """Existing conditions are read in the language of the owner of their rule, who most likely wrote them."""
    if version:
        cr.execute("ALTER TABLE crm_trigger_rule ADD COLUMN IF NOT EXISTS condition_lang varchar")
        cr.execute(
            "UPDATE crm_trigger_rule SET condition_lang = coalesce(owner.lang, 'en_US') FROM crm_trigger_rule rule"
            " LEFT JOIN res_users ON res_users.id = rule.user_id"
            " LEFT JOIN res_partner owner ON owner.id = res_users.partner_id"
            " WHERE rule.id = crm_trigger_rule.id AND crm_trigger_rule.condition_lang IS NULL"
        )
