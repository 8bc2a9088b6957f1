def migrate(cr, version):
    """The key of a customer being created is unique over all steps now: ended runs release theirs, so that the same
    customer can be created again.
    """
    if version:
        cr.execute(
            "UPDATE crm_trigger_execution SET joint_key = NULL"
            " WHERE joint_key LIKE 'customer %' AND state != 'scheduled'"
        )
