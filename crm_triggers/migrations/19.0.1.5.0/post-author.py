def migrate(cr, version):
    """Each rule acts on the records its author may open. The author of existing rules is the user who created them."""
    if version:
        cr.execute("UPDATE crm_trigger_rule SET author_id = create_uid WHERE author_id IS NULL")
