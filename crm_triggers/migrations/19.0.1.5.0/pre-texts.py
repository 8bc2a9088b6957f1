from psycopg2.extras import Json

DUE = (
    ("object.invoice_date_due", "object.next_due_date"),
    ("object.amount_residual", "object.next_due_amount"),
)
REST = {
    "en": (
        'The other instalments, <t t-out="format_amount(object.amount_residual - object.next_due_amount,'
        " object.currency_id) or ''\">$ 200.00</t>, are due later."
    ),
    "fr": (
        'Les autres échéances, soit <t t-out="format_amount(object.amount_residual - object.next_due_amount,'
        " object.currency_id) or ''\">200,00 €</t>, viendront plus tard."
    ),
}
TEXTS = {
    "mail_template_invoice_due": (
        *DUE,
        ("{{ object.name }} is due on {{", "{{ object.name }}, due on {{"),
        ("{{ object.name }} arrive à échéance le {{", "{{ object.name }}, à échéance du {{"),
        ("friendly reminder that your invoice", "friendly reminder of your invoice"),
        ("</strong> is due on <t", "</strong>, due on <t"),
        ("rappelons que votre facture", "rappelons votre facture"),
        ("</strong> arrive à échéance le <t", "</strong>, à échéance du <t"),
    ),
    "mail_template_invoice_due_today": (
        *DUE,
        (
            "Your invoice {{ object.name }} is due today",
            "Due date of your invoice {{ object.name }}: {{ format_date(object.next_due_date) }}",
        ),
        (
            "Votre facture {{ object.name }} arrive à échéance aujourd'hui",
            "Échéance de votre facture {{ object.name }}\N{NO-BREAK SPACE}: {{ format_date(object.next_due_date) }}",
        ),
        ("<p>Your invoice <strong", "<p>The due date of your invoice <strong"),
        ("</strong> is due on <t", "</strong> is <t"),
        ("<p>Votre facture <strong", "<p>L'échéance de votre facture <strong"),
        ("</strong> arrive à échéance le <t", "</strong> est le <t"),
    ),
    "mail_template_invoice_reminder": DUE,
    "mail_template_invoice_reminder_2": DUE,
    "mail_template_invoice_reminder_3": DUE,
    "mail_template_order_satisfaction": (
        ("Two weeks ago you placed your order", "You placed the order"),
        ("</strong>. Is everything", "</strong> with us. Is everything"),
        ("Il y a deux semaines, vous avez passé la commande", "Vous nous avez confié la commande"),
    ),
    "mail_template_prospect_news": (
        ("A few weeks ago we talked", "We talked"),
        ("Il y a quelques semaines, nous avons", "Nous avons"),
    ),
    "mail_template_opportunity_winback": (
        ("Three months ago you decided", "Some time ago you decided"),
        ("Il y a trois mois, vous avez", "Il y a quelque temps, vous avez"),
    ),
    "mail_template_quotation_followup": (
        ("</strong> a few days ago.", "</strong>."),
        ("</strong> il y a quelques jours.", "</strong>."),
    ),
}


def migrate(cr, version):
    """Our email texts said how long ago something was, or that it is today: wrong if they are sent later, and an
    instalment is not the whole invoice. Texts changed by users are kept.
    """
    if not version:
        return
    cr.execute(
        """
        SELECT template.id, data.name, template.subject, template.body_html
        FROM mail_template template JOIN ir_model_data data ON data.res_id = template.id
        WHERE data.model = 'mail.template' AND data.module = 'crm_triggers' AND data.name IN %s
        AND template.write_date = template.create_date
        """,
        [tuple(TEXTS)],
    )
    for template_id, name, *texts in cr.fetchall():
        subject, body = (_put_right(text or {}, TEXTS[name]) for text in texts)
        body = {lang: value and _name_the_rest(value, lang) for lang, value in body.items()}
        cr.execute(
            "UPDATE mail_template SET subject = %s, body_html = %s WHERE id = %s",
            [Json(subject), Json(body), template_id],
        )


def _put_right(text, pairs):
    """Return a translated text, ``{language: text}``, with the replacements."""
    for old, new in pairs:
        text = {lang: value and value.replace(old, new) for lang, value in text.items()}
    return text


def _name_the_rest(body, lang):
    """Return the text of an email with a paragraph about the other instalments below that about the next one."""
    before, amount, after = body.partition("object.next_due_amount")
    inside, end, below = after.partition("</p>")
    rest = REST.get(lang[:2])
    if not (amount and end and rest) or "object.amount_residual - object.next_due_amount" in body:
        return body
    paragraph = f'\n    <p t-if="object.next_due_amount != object.amount_residual">{rest}</p>'
    return f"{before}{amount}{inside}{end}{paragraph}{below}"
