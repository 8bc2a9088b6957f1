"""The French on screen, as a commercial director writes it; one word per term."""

import re
from collections.abc import Iterator

from .. import po
from .marks import plain
from .typography import BOTH, told
from .word import Word

_SENSES = (
    Word(r"n'importe quoi", "means rubbish: write « tous les … »"),
    Word(
        r"(litige|renouvellement)[^.]*\brégl(er|é|e)\b", "« régler » means to pay: write « résoudre » or « conclure »"
    ),
    Word(r"\brégler le (litige|renouvellement)", "« régler » means to pay: write « résoudre » or « conclure »"),
    Word(r"\btâches?\b", "belongs to a project: write « activité »", unless=r"\btasks?\b|\bjobs?\b"),
    Word(r"\bcelui (qui|à qui)\b", "a proverb: name the person, « l'utilisateur qui … »"),
    Word(r"\bpour qui (décide|veut)\b|(^|\. )Qui a \w+ (est|dit)\b", "a proverb: name the person, « le client qui … »"),
    Word(r"\bles fois\b|\bfois (d'avant|précédente|suivante|traitées)\b", "no noun: write « échéance » or « passage »"),
    Word(r"\bprochaine fois\b(?! que)", "no noun: write « prochaine échéance »"),
    Word(r"\btoutes les quelques\b", "no French: write « dans quelques … » or « périodiquement »"),
    Word(r"\b(entend(re|s|u|us|ue|ues|ent)?|écout(e|er|ent))\b", "write « détecter » or « suivre »"),
    Word(r"(: |^)plus «", "means “and also”: write « retirer l'étiquette « … » »"),
    Word(r"\bdont personne\b", "means “that nobody cares for”: write « sans activité »"),
    Word(
        r"\bd[e'] ?(l'envoyer|le renouveler|en convenir|l'établir)\b",
        "a calque: write the noun, « l'activité d'envoi », « l'opportunité de renouvellement »",
        only=r"opportunity|activity|task",
    ),
    Word(r"\brépliqu(er|ez|e)\b", "means to retort: write « répondre »"),
    Word(r"\bsur (la table|mon bureau)\b|\bnouveau regard\b|\bavoir dû se\b", "a calque: say it another way"),
    Word(r"\béchue (ce jour|aujourd'hui)\b", "« échue » means overdue: write « à échéance aujourd'hui »"),
    Word(r"\bgeste sur\b", "write « remise »"),
    Word(r"\bmettre «[^»]*» à\b", "write « définir … sur … »"),
    Word(r"\bdu champs\b|\bà jours\b", "a fault of Odoo's translation: « du champ », « à jour »"),
    Word(r"\bdemande de publication\b", "a fault of Odoo's translation: « requête POST »"),
    Word(r"\bêtre rendue?\b", "write « généré »", only=r"render"),
    Word(r"\blaissée?s? tranquilles?\b", "write « n'est pas concerné »"),
    Word(r"\bsauvegard(e|é|ée|és|er)s?\b", "write « enregistrer »"),
)

_TERMS = (
    Word(r"(?<![-\w])(e?mails?|mél|courriels?)\b", "write « e-mail »"),
    Word(r"\bn°(?!\u00a0)|\bno\.? \d", "write « n°\u00a01 », with a no-break space"),
    Word(r"\bp\.\s?ex\.|(?<!par )\bex\.|\bpar ex\.(?! )", "write « par ex. » and a space"),
    Word(r"\bactions? (du )?serveur\b", "write « action de serveur »"),
    Word(r"\b(affecter|affectée?s?|assign(er|ez|ée?s?))\b", "write « attribuer »"),
    Word(r"\bresponsables? d'équipe\b", "write « chef d'équipe »"),
    Word(r"\bclore\b|\bclôtur(er|ez|ée?s?)\b", "write « terminer »"),
    Word(r"\bmarqu(er|ez|ée?s?) comme fait", "write « marquer comme terminé »"),
    Word(r"\bcompte rendu\b", "write « commentaire », as on Odoo's screen", only=r"feedback"),
    Word(r"\bagenda\b", "write « calendrier »", only=r"calendar"),
    Word(r"\bréunions?\b", "write « rendez-vous »", only=r"meeting"),
    Word(r"\brestaur(er|ez)\b", "write « désarchiver »", only=r"unarchive"),
    Word(r"\bétapes?\b", "is of the pipeline: write « action »", only=r"\bsteps?\b", unless=r"\bstages?\b"),
    Word(r"\brègles?\b", "write « déclencheur »", only=r"\brules?\b", unless=r"\b(recurrence|automation) rules?\b"),
    Word(r"\bpropositions?\b", "write « devis »", unless=r"\bpropos"),
    Word(r"\bpropriétaire\b", "write « responsable »", only=r"\bowner\b"),
    Word(r"\b(le|un|du|au|les|des) commercia(l|ux)\b", "write « vendeur »"),
    Word(r"\bcoupons?\b", "write « bon de réduction »"),
    Word(r"\bchaînes?\b", "write « canal »", only=r"\bchannel"),
    Word(r"\blettres? d'information\b", "write « newsletter », as Odoo"),
    Word(r"\bentreprises?\b", "write « société »", only=r"\bcompan(y|ies)\b"),
)

WORDS = _SENSES + _TERMS

_FAULTS = (
    *BOTH,
    (re.compile(r"[^\u00a0][;?!»](?!\w)"), "a no-break space before it"),
    (re.compile(r"(?<!\bRe)(?<!\u00a0):(?=\s|$)"), "a no-break space before it"),
    (re.compile(r":\u00a0"), "an ordinary space after it"),
    (re.compile(r"«(?!\u00a0)"), "a no-break space after it"),
    (re.compile(r"\d ?[%€]"), "a no-break space before it"),
    (re.compile(r'["“”]'), "write « … »"),
    (re.compile("\u202f"), "the no-break space is U+00A0 everywhere here"),
)


def typography(entry: po.Entry) -> Iterator[str]:
    """Yield the typographical errors of a French translation."""
    yield from told(plain(entry.msgstr), _FAULTS)
