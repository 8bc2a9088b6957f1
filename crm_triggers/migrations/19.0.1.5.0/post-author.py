def migrate(cr, version):
    """Each rule acts on what its author may open. Of those that are there it is who made them."""
    if version:
        cr.execute("UPDATE crm_trigger_rule SET author_id = create_uid WHERE author_id IS NULL")
