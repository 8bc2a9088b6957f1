"""The texts of the generated guide pages besides the data, in each language."""

from typing import NamedTuple

LANGUAGES = {"en": "docs/user", "fr": "docs/fr"}

WORDS = {
    "en": {
        "noticed": "Noticed",
        "filled_in": "Conditions filled in",
        "before": "Before the change",
        "choose": "You choose",
        "suggested": "Suggested",
        "templates": "Templates",
        "addon": "Add-on",
        "records": "For",
        "event": "Event",
        "field": "Field",
        "meaning": "Meaning",
        "colon": ": ",
        "on_the_date": "on the date itself",
        "meeting_rank": "the first meeting only",
        "create": "as soon as the record is saved for the first time",
        "match": "as soon as the change is saved",
        "match_later": "as soon as the change is saved; every 5 minutes for what time alone changes",
        "date": "every 5 minutes, at or after the time",
        "recurring": "every 5 minutes, at or after the time",
        "happening": "at once",
        "meeting_held": "every 5 minutes, after the end of the meeting",
        "manual": "when records are put in",
        "signal": "a few seconds after the signal",
        "points_within": "{count} points within {time}",
        "signals_within": "{count} signals within {time}",
        "one_day": "a day",
        "many_days": "{days} days",
        "every": "Every action",
        "skip": "Skipped",
        "stop": "Stopped",
    },
    "fr": {
        "noticed": "Détection",
        "filled_in": "Conditions préremplies",
        "before": "Avant le changement",
        "choose": "À choisir",
        "suggested": "Proposé",
        "templates": "Modèles",
        "addon": "Module",
        "records": "Pour",
        "event": "Événement",
        "field": "Champ",
        "meaning": "Rôle",
        "colon": "\u00a0: ",
        "on_the_date": "le jour même",
        "meeting_rank": "seulement le premier rendez-vous",
        "create": "dès le premier enregistrement de la fiche",
        "match": "dès que la modification est enregistrée",
        "match_later": "dès que la modification est enregistrée\u00a0; toutes les 5\u00a0minutes pour ce que seul le "
        "temps change",
        "date": "toutes les 5\u00a0minutes, à l'heure dite ou après",
        "recurring": "toutes les 5\u00a0minutes, à l'heure dite ou après",
        "happening": "immédiate",
        "meeting_held": "toutes les 5\u00a0minutes, après la fin du rendez-vous",
        "manual": "à l'ajout des enregistrements",
        "signal": "quelques secondes après le signal",
        "points_within": "{count} points en {time}",
        "signals_within": "{count} signaux en {time}",
        "one_day": "un jour",
        "many_days": "{days}\u00a0jours",
        "every": "Toute action",
        "skip": "Non exécutées",
        "stop": "Arrêtés",
    },
}

NEEDS = {
    "": ("any record", "tout enregistrement"),
    "activities": ("all records with activities", "tous les enregistrements avec activités"),
    "deal": ("quotations, orders and contracts", "devis, commandes et contrats"),
    "order": ("quotations and orders", "devis et commandes"),
    "document": ("quotations, orders and invoices", "devis, commandes et factures"),
    "lead": ("leads and opportunities", "pistes et opportunités"),
    "opportunity": (
        "opportunities, and quotations that have one",
        "opportunités, et devis rattachés à une opportunité",
    ),
    "contact": ("contacts, and records that have one", "contacts, et enregistrements qui en ont un"),
    "owner": ("records that have a salesperson", "enregistrements qui ont un vendeur"),
    "update": (
        "records with a field that rules may change",
        "enregistrements dont un champ peut être modifié par un déclencheur",
    ),
}

CHOICES = {
    "crm.stage": ("a stage of the pipeline", "une étape du pipeline"),
    "crm.tag": ("a tag", "une étiquette"),
    "crm.lost.reason": ("a lost reason", "un motif de perte"),
    "utm.campaign": ("a campaign", "une campagne"),
    "res.partner.category": ("a tag", "une étiquette"),
}

CHOSEN = "{value}"
# Conditions of presets as text, by field and value. Gender-neutral in French.
CONDITIONS = {
    "type = opportunity": ("type: opportunity", "type\u00a0: opportunité"),
    "type = lead": ("type: lead", "type\u00a0: piste"),
    "type = contact": ("type: contact, not an address", "type\u00a0: contact, et non adresse"),
    "won_status = pending": ("neither won nor lost", "ni gagnée ni perdue"),
    "won_status = won": ("won", "gagnée"),
    "won_status = lost": ("lost", "perdue"),
    "activity_state = False": ("no activity planned", "aucune activité planifiée"),
    "stage_id = {value}": ("stage: your choice", "étape\u00a0: celle de votre choix"),
    "tag_ids in [{value}]": ("tag: your choice", "étiquette\u00a0: celle de votre choix"),
    "category_id in [{value}]": ("tag: your choice", "étiquette\u00a0: celle de votre choix"),
    "campaign_id = {value}": ("campaign: your choice", "campagne\u00a0: celle de votre choix"),
    "lost_reason_id = {value}": ("lost reason: your choice", "motif de perte\u00a0: celui de votre choix"),
    "user_id != False": ("has a salesperson", "a un vendeur"),
    "user_id = False": ("no salesperson", "sans vendeur"),
    "priority in ['2', '3']": ("priority: two or three stars", "priorité\u00a0: deux ou trois étoiles"),
    "phone != False": ("has a phone number", "a un numéro de téléphone"),
    "email != False": ("has an email address", "a une adresse e-mail"),
    "parent_id = False": ("not a contact of a company", "n'est pas le contact d'une société"),
    "create_date >= today -2d": ("created in the last 2 days", "création dans les 2\u00a0derniers jours"),
    "create_date >= today -7d": ("created in the last 7 days", "création dans les 7\u00a0derniers jours"),
    "customer_rank > 0": ("a customer in invoicing", "client en facturation"),
    "state = draft": ("status: quotation, not sent", "statut\u00a0: devis, non envoyé"),
    "state = sent": ("status: quotation sent", "statut\u00a0: devis envoyé"),
    "state = sale": ("status: sales order", "statut\u00a0: commande"),
    "state = cancel": ("status: cancelled", "statut\u00a0: annulé"),
    "state in ['draft', 'sent']": ("status: quotation, sent or not", "statut\u00a0: devis, envoyé ou non"),
    "state = posted": ("status: posted", "statut\u00a0: comptabilisé"),
    "signed_on != False": ("signed", "signé"),
    "is_paid_online = True": ("paid online", "payé en ligne"),
    "opportunity_id.order_ids.state in ['sent', 'cancel']": (
        "the opportunity has another quotation, sent or cancelled",
        "l'opportunité a un autre devis, envoyé ou annulé",
    ),
    "invoice_status = to invoice": ("to invoice", "à facturer"),
    "invoice_status = invoiced": ("fully invoiced", "entièrement facturée"),
    "move_type = out_invoice": ("customer invoice", "facture client"),
    "payment_state in ['not_paid', 'partial']": ("not paid, or partly", "non payée, ou partiellement"),
    "payment_state = partial": ("partly paid", "partiellement payée"),
    "payment_state in ['in_payment', 'paid']": ("paid, or payment in process", "payée, ou paiement en cours"),
    "payment_state = blocked": ("payment blocked", "paiement bloqué"),
    "contract_type = sale": ("contract with a customer", "contrat client"),
    "contract_id.contract_type = sale": ("contract with a customer", "contrat client"),
    "display_type = False": ("not a section or a note", "ni section ni note"),
    "is_canceled = False": ("not cancelled", "non annulée"),
}


class Field(NamedTuple):
    """A field of an action that is not in its declaration."""

    name: str
    kinds: tuple[str, ...]


# Fields stored on the step, because they are translated.
OWN_FIELDS = (
    Field("activity_summary", ("activity",)),
    Field("activity_note", ("activity",)),
    Field("deadline_from", ("activity",)),
    Field("message_body", ("note", "message")),
    Field("mail_thread", ("mail",)),
    Field("responsible", ("activity", "note", "message", "agenda")),
    Field("pass_over_absent", ("activity", "note")),
    Field("target", ("activity", "note", "message")),
    Field("together", ("activity", "note", "message")),
    Field("notify_leader", ("note",)),
    Field("notify_members", ("note",)),
    Field("notify_followers", ("note",)),
    Field("notify_user_ids", ("note",)),
)
COMMON_FIELDS = ("name", "delay_count", "delay_from", "working_time", "filter_domain", "minutes")
# Parts of one choice on screen, or not relevant for users who create rules.
LEFT_OUT = frozenset(
    {"activity_date_deadline_range_type", "update_m2m_operation", "resource_ref", "html_value"}
    | {"selection_value", "update_boolean_value"}
)
