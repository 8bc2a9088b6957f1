import pytest

from tools import po, words
from tools.words import english, french

# Forbidden text, part of the correction, and a correct text.
ENGLISH = [
    ("More than 9 records are so already.", "already match", "More than 9 records already match."),
    ("For what no rule hears", "detect", "As I have not heard from you about our quotation"),
    ("What steps say is remembered.", "cache", "What steps say is cached."),
    ("After the answer to the one who saved", "the user who saved", "After the response to the user who saved"),
    ("It goes to whoever has a tax ID.", "name them", "It goes to contacts with a tax ID."),
    ("Sent to somebody who asked", "someone", "Nobody has called yet."),
    ("It is not meant for leads.", "does not apply to", "It does not apply to leads."),
    ("Mend the step, then try again.", "fix", "Fix the step, then try again."),
    ("Prolong the contract", "extend", "Extend the contract"),
    ("The most to take off", "the maximum", "The maximum discount"),
    ("Once per record, ever", "once per record", "Once per record"),
    ("The key is to be a text.", "must be", "The key must be a text."),
    ("More is invoiced than the order is over", "for", "More is invoiced than the order total"),
    ("Only he can change it", "they", "Only an administrator can change it"),
    ("A draft unless one says so", "you", "A draft unless you choose otherwise"),
    ("See to what is in the way.", "fix the cause", "Fix the cause."),
    ("Its owner is told.", "notify", "Tell us what you need"),
    ("$100 remain to be paid.", "outstanding balance", "The outstanding balance is $100."),
    ("Customers get no more the mailings", "no longer", "Customers no longer get the mailings"),
    ("It went with an add-on.", "was removed", "It was removed with its add-on."),
    ("A rule goes along.", "deleted too", "A rule is deleted too."),
    ("The kind of record it was", "type of record", "The type of record it was"),
    ("The team is of another company.", "belongs to", "The team belongs to another company."),
    ("No ready rule here", "template", "No template here"),
    ("Send the e-mail", "email", "Send the email"),
    ("It comes by mail", "email", "The mail server did not answer."),
    ("Quotation followup", "follow-up", "Quotation follow-up"),
    ("The set-up is done.", "setup", "The setup is done."),
    ("Timezone of the rule", "time zone", "Time zone of the rule"),
    ("A canceled meeting", "cancelled", "A cancelled meeting, after its cancellation"),
    ("The next installment", "instalment", "The next instalment"),
    ("Down payment invoice", "down-payment invoice", "Down-payment invoice"),
    ("Open the quote", "quotation", "Reminders quote the law"),
    ("Assign a sales person", "salesperson", "Assign a salesperson"),
    ("Notify the team lead", "team leader", "Notify the team leader"),
    ("From our web site", "website", "From our website"),
    ("Reminder n°2", "no. 1", "Reminder no. 2"),
    ("The plug-in, which brought it", "add-on", "The add-on that brought it"),
    ("5 % for a week", "no space before %", "5% for a week"),
    ("Why ?", "no space before", "Why?"),
    ('Rule "%s"', "write “…”", "Rule “%s”"),
    ("Choose...", "one character", "Choose…"),
    ("One  word", "one space", "One word"),
    ("The rule\u2019s owner", "straight apostrophe", "The rule's owner"),
]

# The same in French, after the English term.
FRENCH = [
    ("Any text", "N'importe quoi", "tous les", "Tous les textes"),
    (
        "In dispute: resolve it",
        "Facture en litige\u00a0: la régler",
        "résoudre",
        "Facture en litige\u00a0: le résoudre",
    ),
    ("Close the renewal", "Régler le renouvellement", "conclure", "Conclure le renouvellement"),
    ("The activity is done", "La tâche est faite", "activité", "L'activité est terminée"),
    ("The user with fewest leads", "Celui qui en a le moins", "name the person", "L'utilisateur qui en a le moins"),
    ("5% for a week", "Remise pour qui décide vite", "name the person", "Remise pendant une semaine"),
    ("Occurrences done", "Les fois d'avant", "échéance", "Échéances traitées"),
    ("Next occurrence", "Prochaine fois", "prochaine échéance", "La prochaine fois que cela arrive"),
    ("Periodically", "Toutes les quelques minutes", "périodiquement", "Dans quelques minutes"),
    ("A change is detected", "Le déclencheur a entendu", "détecter", "Le déclencheur attend"),
    (
        "Remove the tag",
        "passer en client\u00a0: plus «\u00a0%s\u00a0»",
        "retirer l'étiquette",
        "retirer «\u00a0%s\u00a0»",
    ),
    ("Without an activity", "dont personne n'a rien à faire", "sans activité", "sans activité"),
    ("The renewal opportunity", "L'opportunité de le renouveler", "noun", "L'opportunité de renouvellement"),
    ("Reply to the customer", "Répliquer sous un jour", "répondre", "Répondre sous un jour"),
    ("Call now", "Appeler pendant qu'il est sur la table", "another way", "Appeler à chaud"),
    ("Due today", "Facture échue ce jour", "à échéance", "Facture à échéance aujourd'hui"),
    ("A discount", "Un geste sur votre devis", "remise", "Une remise sur votre devis"),
    (
        "Set it",
        "mettre «\u00a0%s\u00a0» à «\u00a0%s\u00a0»",
        "définir",
        "définir «\u00a0%s\u00a0» sur «\u00a0%s\u00a0»",
    ),
    ("Name of the field", "Le nom du champs", "fault of Odoo", "Le nom du champ"),
    ("Send a POST request", "Envoyer une demande de PUBLICATION", "requête POST", "Envoyer une requête POST"),
    ("It cannot be rendered", "Il ne peut pas être rendu", "généré", "Il ne peut pas être généré"),
    ("Paid invoices", "Les factures payées sont laissées tranquilles", "concerné", "Rien n'est envoyé"),
    ("Saved", "Les enregistrements sauvegardés", "enregistrer", "Les enregistrements modifiés"),
    ("Email", "Envoyer un mail", "e-mail", "Envoyer un e-mail"),
    ("Reminder no. 1", "Relance n°1", "no-break space", "Relance n°\u00a01"),
    ("e.g. Client", "p. ex. Client", "par ex.", "par ex. Client"),
    ("Server action", "Action serveur", "action de serveur", "Action de serveur"),
    ("Assign", "Affecter", "attribuer", "Attribuer"),
    ("Team leader", "Responsable d'équipe", "chef d'équipe", "Chef d'équipe"),
    ("Close the activity", "Clôturer l'activité", "terminer", "Clôture prévue"),
    ("Mark as done", "Marquer comme fait", "terminé", "Marquer comme terminé"),
    ("Its feedback", "Son compte rendu", "commentaire", "Son commentaire"),
    ("Calendar", "Agenda", "calendrier", "Calendrier"),
    ("Meeting", "Réunion", "rendez-vous", "Rendez-vous"),
    ("Unarchive it", "Restaurez-le", "désarchiver", "Désarchivez-le"),
    ("The step failed", "L'étape a échoué", "action", "L'action a échoué"),
    ("The rule is live", "La règle est active", "déclencheur", "Le déclencheur est actif"),
    ("Quotation", "Votre proposition", "devis", "Votre devis"),
    ("Owner", "Propriétaire", "responsable", "Responsable"),
    ("Salesperson", "Le commercial est prévenu", "vendeur", "L'équipe commerciale est prévenue"),
    ("A voucher", "Un coupon", "bon de réduction", "Un bon de réduction"),
    ("Post in a channel", "Publier dans une chaîne", "canal", "Publier dans un canal"),
    ("Newsletter", "Lettre d'information", "newsletter", "Newsletter"),
    ("The company", "L'entreprise", "société", "La société"),
    ("Why?", "Pourquoi ?", "no-break space before", "Pourquoi\u00a0?"),
    ("Note: it", "Note : le", "no-break space before", "Note\u00a0: le, objet\u00a0: «\u00a0Re: le\u00a0»"),
    ("Note: it", "Note\u00a0:\u00a0le", "ordinary space after", "à 10:30"),
    ("The “word”", "Le « mot\u00a0»", "no-break space after", "Le «\u00a0mot\u00a0»"),
    ("Discount of 5%", "Remise de 5 %", "no-break space before", "Remise de 5\u00a0%"),
    ("The “word”", "Le “mot”", "write «", "Le «\u00a0mot\u00a0»"),
    ("Why?", "Pourquoi\u202f?", "U+00A0", "Pourquoi\u00a0?"),
    ("Choose…", "Choisissez...", "one character", "Choisissez…"),
    ("One word", "Un  mot", "one space", "Un\u00a0mot"),
    ("The opportunity", "L\u2019opportunité", "straight apostrophe", "L'opportunité"),
]


def _told(rules, msgid, msgstr=""):
    return [line for rule in rules for line in rule(po.Entry(msgid, msgstr, ()))]


@pytest.mark.parametrize(("bad", "cure", "good"), ENGLISH)
def test_what_is_no_product_english_is_named_with_its_cure(bad, cure, good):
    (line, *_more) = _told(words.ENGLISH, bad)

    assert cure in line
    assert _told(words.ENGLISH, good) == []


@pytest.mark.parametrize(("msgid", "bad", "cure", "good"), FRENCH)
def test_what_is_no_french_of_the_screen_is_named_with_its_cure(msgid, bad, cure, good):
    lines = _told(words.FRENCH, msgid, bad)

    assert any(cure in line for line in lines), lines
    assert _told(words.FRENCH, msgid, good) == []


@pytest.mark.parametrize("word", english.WORDS + french.WORDS, ids=lambda word: word.pattern[:30])
def test_each_word_on_the_lists_has_a_bad_example(word):
    told = [line for bad, *_rest in ENGLISH for line in _told(words.ENGLISH, bad)]
    told += [line for msgid, bad, *_rest in FRENCH for line in _told(words.FRENCH, msgid, bad)]

    assert any(line.endswith(f": {word.cure}") for line in told)


@pytest.mark.parametrize(
    ("msgid", "bad", "mark", "good"),
    [
        ("%(what)s of %s", "%(quoi)s de %s", "“%(what)s” is missing", "%s de %(what)s"),
        ("%s", "%s et %s", "“%s” is in the translation only", "le %s"),
        ("{{ object.name }}", "{{ object.nom }}", "“{{ object.name }}” is missing", "Le {{ object.name }}"),
        ("the tag “{value}”", "l'étiquette", "“{value}” is missing", "l'étiquette «\u00a0{value}\u00a0»"),
        ("${object.name}", "le nom", "“${object.name}” is missing", "le ${object.name}"),
        ("<b>Rule</b>", "<i>Règle</i>", "“<b>” is missing", "le <b>déclencheur</b>"),
        ('<i title="Rule"/>', '<i title="Déclencheur" class="x"/>', "“<i/>” is missing", '<i title="Déclencheur"/>'),
    ],
)
def test_what_programs_read_is_the_same_in_a_translation(msgid, bad, mark, good):
    assert any(mark in line for line in _told([words.same_marks], msgid, bad))
    assert _told([words.same_marks], msgid, good) == []


TERM = '#. module: toy\n#: model:ir.model,name:toy.one\nmsgid "{}"\nmsgstr "{}"\n\n'


def _addon(root, translations, terms=("Rule",)):
    """Write an add-on ``toy`` with these terms, and a fr.po of these blocks."""
    folder = root / "toy" / "i18n"
    folder.mkdir(parents=True)
    (root / "toy" / "__manifest__.py").write_text("{}")
    (folder / "toy.pot").write_text("".join(TERM.format(term, "") for term in terms))
    (folder / "fr.po").write_text(translations)
    return root


def test_a_finding_has_file_line_fault_and_cure(tmp_path):
    root = _addon(tmp_path, TERM.format("Any text", "Tous") + TERM.format("Rule", "Règle"), ("Any text", "Rule"))

    assert words.findings(root) == ["toy/i18n/fr.po:8: “Règle” in “Règle”: write « déclencheur »"]


def test_a_term_without_translation_is_named(tmp_path):
    root = _addon(tmp_path, TERM.format("Rule", ""))

    assert words.findings(root) == ["toy/i18n/fr.po:3: “Rule” is not translated: translate it"]


def test_a_fuzzy_term_is_named(tmp_path):
    root = _addon(tmp_path, "#, fuzzy\n" + TERM.format("Rule", "Déclencheur"))

    (line,) = words.findings(root)

    assert line.startswith("toy/i18n/fr.po:4: “Rule” has a guessed translation (fuzzy)")


def test_a_term_that_the_translations_lack_is_named(tmp_path):
    root = _addon(tmp_path, TERM.format("Rule", "Déclencheur"), ("Rule", "Run"))

    assert words.findings(root) == ["toy/i18n/toy.pot:8: “Run” is not in fr.po: run ./dev pot"]


PAGE = """\
# Vocabulary

| English | French | where | meaning |
| --- | --- | --- | --- |
| {english} | {french} | `{where}` | what |

| English | French | in Odoo | note |
| --- | --- | --- | --- |
| Stage | {stage} | Étape (crm) | |
"""


def _vocabulary(root, english="Rule", french="Déclencheur", where="toy.one", stage="Étape"):
    _addon(root, TERM.format("Rule", "Déclencheur") + TERM.format("Stage", "Étape"), ("Rule", "Stage"))
    (root / "docs" / "user").mkdir(parents=True)
    page = PAGE.format(english=english, french=french, where=where, stage=stage)
    (root / "docs" / "vocabulary.md").write_text(page)
    return root


def test_a_vocabulary_that_is_true_to_the_screen_passes(tmp_path):
    assert words.findings(_vocabulary(tmp_path)) == []


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (
            {"english": "Ready rule"},
            "docs/vocabulary.md:5: “Ready rule” is on no screen: write the term as it is there",
        ),
        (
            {"where": "toy.two"},
            "docs/vocabulary.md:5: “Rule” is not at toy.two: name one of model:ir.model,name:toy.one",
        ),
        (
            {"french": "Règle"},
            "docs/vocabulary.md:5: “Rule” is “Déclencheur” on screen (toy/i18n/fr.po:3), not “Règle”",
        ),
        ({"stage": "Phase"}, "docs/vocabulary.md:9: “Stage” is “Étape” on screen (toy/i18n/fr.po:8), not “Phase”"),
    ],
)
def test_a_vocabulary_that_says_something_else_is_named(tmp_path, wrong, line):
    (found,) = words.findings(_vocabulary(tmp_path, **wrong))

    assert found.startswith(line)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("| Rest | Repos |", "docs/user/glossary.md:3: “Rest” is not in docs/vocabulary.md"),
        ("| Rule | Règle |", "docs/user/glossary.md:3: “Rule” is “Règle” here and “Déclencheur” in docs/vocabulary.md"),
    ],
)
def test_a_glossary_that_contradicts_the_vocabulary_is_named(tmp_path, row, line):
    root = _vocabulary(tmp_path)
    (root / "docs" / "user" / "glossary.md").write_text(f"| English | French |\n| --- | --- |\n{row}\n")

    (found,) = words.findings(root)

    assert found.startswith(line)


def test_the_words_of_our_add_ons_pass():
    assert words.findings() == []
