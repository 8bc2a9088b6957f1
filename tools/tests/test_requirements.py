from tools import requirements

TEST = '''
class TestStage:
    """K08: of any team."""

    def test_k34_gear(self):
        """Z21, K34."""

    def helper(self):
        """K99 is cited by no test."""
'''
PAGE = (
    "| id | what | tests |\n| --- | --- | --- |\n| K08 | a stage | - |\n| K34 | its gear | old |\n| K35 | sent | - |\n"
)


def test_the_column_of_the_tests_is_written_from_what_they_cite(tmp_path):
    file = tmp_path / "crm_triggers" / "tests" / "rule" / "test_stage.py"
    file.parent.mkdir(parents=True)
    file.write_text(TEST, encoding="utf-8")

    written = requirements.rewritten(PAGE, tmp_path)

    link = "[test_stage](../crm_triggers/tests/rule/test_stage.py) 1"
    assert written.splitlines()[2:] == [
        f"| K08 | a stage | {link} |",
        f"| K34 | its gear | {link} |",
        "| K35 | sent | - |",
    ]
    assert set(requirements.citations(tmp_path)) == {"K08", "K34", "Z21"}
    assert requirements.rewritten(written, tmp_path) == written
