-- A copy of a database must not write to customers: text messages of rules that are not sent yet go nowhere.
UPDATE sms_sms SET state = 'canceled' WHERE state IN ('outgoing', 'error') AND mail_message_id IN (
    SELECT result_id FROM crm_trigger_execution WHERE result_model = 'mail.message');
