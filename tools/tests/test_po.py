from tools import po

TEXT = """\
# header
msgid ""
msgstr ""
"Language: fr\\n"

#. module: crm_triggers
#: model:crm.stage,name:a.one
#: model:crm.stage,name:a.two
msgid "A stage"
msgstr "Une étape"

#. module: crm_triggers
#: model:crm.stage,name:a.long
msgid ""
"It says \\"no\\",\\n"
"twice."
msgstr ""
"Dit « non »,\\n"
"deux fois."

#: model:crm.stage,name:a.guessed
#, python-format, fuzzy
msgid "Guessed"
msgstr "Deviné"
"""


def test_terms_are_read_with_what_they_are_used_for():
    first, long, guessed = po.entries(TEXT)

    references = ("model:crm.stage,name:a.one", "model:crm.stage,name:a.two")
    assert first == po.Entry("A stage", "Une étape", references, line=9)
    assert (long.msgid, long.msgstr) == ('It says "no",\ntwice.', "Dit « non »,\ndeux fois.")
    assert (guessed.msgstr, guessed.guessed, guessed.line) == ("", True, 23)


def test_a_file_that_is_not_there_has_no_terms(tmp_path):
    assert po.read(tmp_path / "fr.po") == []
