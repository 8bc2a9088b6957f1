-- A copy of a database must not act on customers: rules sleep, and what is planned is cancelled.
-- A rule that is switched on again there starts afresh, it does not make up for what it missed.
UPDATE crm_trigger_rule SET state = 'paused', activated_at = NULL WHERE state IN ('live', 'test');
UPDATE crm_trigger_execution SET state = 'cancel' WHERE state = 'scheduled';
UPDATE crm_trigger_run SET state = 'stopped', stop_reason = 'rule_closed' WHERE state = 'running';
-- What waits to be taken in, what a worker was at, and what rules wrote that is not sent yet goes nowhere either.
DELETE FROM crm_trigger_backlog;
DELETE FROM crm_trigger_attempt;
UPDATE crm_trigger_rule SET backlog_size = 0 WHERE backlog_size != 0;
UPDATE mail_mail SET state = 'cancel' WHERE state IN ('outgoing', 'exception') AND mail_message_id IN (
    SELECT result_id FROM crm_trigger_execution WHERE result_model = 'mail.message');
UPDATE account_move SET sending_data = NULL WHERE sending_data ? 'crm_triggers';
