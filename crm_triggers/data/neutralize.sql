-- A copy of a database must not act on customers: rules are paused, and planned steps are cancelled.
-- A rule that is activated there starts afresh, it does not catch up with what it missed.
UPDATE crm_trigger_rule SET state = 'paused', activated_at = NULL WHERE state IN ('live', 'test');
UPDATE crm_trigger_execution SET state = 'cancel' WHERE state = 'scheduled';
UPDATE crm_trigger_run SET state = 'stopped', stop_reason = 'rule_closed' WHERE state = 'running';
-- Existing records still to be included, interrupted work and unsent messages of rules are discarded too.
DELETE FROM crm_trigger_backlog;
DELETE FROM crm_trigger_attempt;
UPDATE crm_trigger_rule SET backlog_size = 0 WHERE backlog_size != 0;
UPDATE mail_mail SET state = 'cancel' WHERE state IN ('outgoing', 'exception') AND mail_message_id IN (
    SELECT result_id FROM crm_trigger_execution WHERE result_model = 'mail.message');
UPDATE account_move SET sending_data = NULL WHERE sending_data ? 'crm_triggers';
