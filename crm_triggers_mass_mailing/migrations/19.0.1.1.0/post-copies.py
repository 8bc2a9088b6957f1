def migrate(cr, version):
    """Store on the copies that rules created for lists their original mailing, as a list gets each once a day; and
    on mailings to a contact their recipient, who gets each once.
    """
    cr.execute(
        "UPDATE mailing_mailing SET crm_trigger_mailing_id = a.mailing_id FROM ir_act_server a"
        " WHERE a.id = crm_trigger_action_id AND crm_trigger_mailing_id IS NULL"
    )
    cr.execute(
        "UPDATE mailing_trace SET crm_trigger_partner_id = e.partner_id FROM crm_trigger_execution e"
        " WHERE e.result_model = 'mailing.trace' AND e.result_id = mailing_trace.id"
    )
