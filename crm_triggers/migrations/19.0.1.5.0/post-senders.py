# The previous values of our templates; other values were set by a user and are kept.
OURS = (
    "{{ (object.user_id.email_formatted or object.company_id.email_formatted) }}",
    "{{ (object.invoice_user_id.email_formatted or object.company_id.email_formatted) }}",
    "{{ (object.user_id.email_formatted or user.company_id.email_formatted) }}",
    "{{ (object.user_id.email_formatted or object.company_id.email_formatted or user.company_id.email_formatted) }}",
)


def migrate(cr, version):
    """Our templates leave the sender to the step: emails were signed by a salesperson who had left."""
    if version:
        cr.execute(
            "UPDATE mail_template SET email_from = NULL WHERE btrim(email_from) IN %s AND id IN ("
            "SELECT res_id FROM ir_model_data WHERE model = 'mail.template' AND module LIKE 'crm\\_triggers%%')",
            [OURS],
        )
