-- A copy of a database must not write to customers: unsent text messages of rules are cancelled.
UPDATE sms_sms SET state = 'canceled' WHERE state IN ('outgoing', 'error') AND mail_message_id IN (
    SELECT result_id FROM crm_trigger_execution WHERE result_model = 'mail.message');
