-- A copy of a database must not act on customers: rules sleep, and what is planned is cancelled.
-- A rule that is switched on again there starts afresh, it does not make up for what it missed.
UPDATE crm_trigger_rule SET state = 'paused', activated_at = NULL WHERE state IN ('live', 'test');
UPDATE crm_trigger_execution SET state = 'cancel' WHERE state = 'scheduled';
UPDATE crm_trigger_run SET state = 'stopped', stop_reason = 'rule_closed' WHERE state = 'running';
