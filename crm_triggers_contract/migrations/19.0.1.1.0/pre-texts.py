from psycopg2.extras import Json

PAIRS = (
    ("Your contract {{ object.name }} ends soon", "Your contract {{ object.name }}: its end on {{ date }}"),
    (
        "Votre contrat {{ object.name }} arrive bientôt à échéance",
        "Votre contrat {{ object.name }} et son échéance du {{ date }}",
    ),
    ("<p>Your contract <strong", "<p>The end date of your contract <strong"),
    ("</strong> ends on <t", "</strong> is <t"),
    ("<p>Votre contrat <strong", "<p>La date de fin de votre contrat <strong"),
    ("</strong> arrive à échéance le <t", "</strong> est le <t"),
)


def migrate(cr, version):
    """Our email about a contract that ends states the date, not “soon”: it may be sent later. Texts changed by
    users are kept.
    """
    if not version:
        return
    cr.execute(
        """
        SELECT template.id, template.subject, template.body_html
        FROM mail_template template JOIN ir_model_data data ON data.res_id = template.id
        WHERE data.model = 'mail.template' AND data.module = 'crm_triggers_contract'
        AND data.name = 'mail_template_contract_renewal' AND template.write_date = template.create_date
        """
    )
    for template_id, *texts in cr.fetchall():
        values = [Json(_put_right(text or {})) for text in texts]
        cr.execute("UPDATE mail_template SET subject = %s, body_html = %s WHERE id = %s", [*values, template_id])


def _put_right(text):
    """Return a translated text, ``{language: text}``, with the replacements."""
    for old, new in PAIRS:
        new_text = new.replace("{{ date }}", "{{ format_date(object.date_end) }}")
        text = {lang: value and value.replace(old, new_text) for lang, value in text.items()}
    return text
