def migrate(cr, version):
    """Let the copies that rules made for lists say which mailing they are of, a list gets each once a day; and what
    went to a contact, who that was, he gets each once."""
    cr.execute(
        "UPDATE mailing_mailing SET crm_trigger_mailing_id = a.mailing_id FROM ir_act_server a"
        " WHERE a.id = crm_trigger_action_id AND crm_trigger_mailing_id IS NULL"
    )
    cr.execute(
        "UPDATE mailing_trace SET crm_trigger_partner_id = e.partner_id FROM crm_trigger_execution e"
        " WHERE e.result_model = 'mailing.trace' AND e.result_id = mailing_trace.id"
    )
