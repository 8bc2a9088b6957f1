def migrate(cr, version):
    """Test runs no longer count once the rule is live; limits identify people by their address."""
    if not version:
        return
    cr.execute(
        "UPDATE crm_trigger_run run SET trial = true FROM crm_trigger_rule rule WHERE rule.id = run.rule_id"
        " AND run.trial IS NULL AND (rule.state = 'test' AND run.started_at >= rule.activated_at OR EXISTS ("
        "SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id AND e.skip_reason = 'test'))"
        " AND NOT EXISTS (SELECT FROM crm_trigger_execution e WHERE e.run_id = run.id AND e.state = 'done')"
    )
    # Test runs of rules that are live by now have used up nothing either.
    cr.execute(
        "UPDATE crm_trigger_run run SET occurrence = 'trial ' || run.id FROM crm_trigger_rule rule"
        " WHERE rule.id = run.rule_id AND run.trial AND run.state != 'running' AND rule.state = 'live'"
    )
    cr.execute(
        "UPDATE crm_trigger_run run SET email = partner.email_normalized"
        " FROM crm_trigger_rule rule, res_partner partner WHERE rule.id = run.rule_id AND rule.limit_count > 0"
        " AND partner.id = run.partner_id AND run.email IS NULL"
        " AND run.started_at > now() AT TIME ZONE 'UTC' - interval '1 month 1 day'"
    )
