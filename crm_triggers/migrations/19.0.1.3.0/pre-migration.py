def migrate(cr, version):
    """The key of a customer that is being made is unique over all steps now: what has ended gives
    its own back, as it does when the same customer is asked for again."""
    if version:
        cr.execute(
            "UPDATE crm_trigger_execution SET joint_key = NULL"
            " WHERE joint_key LIKE 'customer %' AND state != 'scheduled'"
        )
