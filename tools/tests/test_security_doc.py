import re

from tools import paths

TESTS = "crm_triggers*/tests/**/test_*.py"


def test_each_test_that_the_table_of_attempts_names_is_there():
    text = (paths.ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    sources = {path.stem: path.read_text(encoding="utf-8") for path in paths.ROOT.glob(TESTS)}
    named = re.findall(r"`(test_\w+)(?:\.(test_\w+))?(\*?)`", text)
    assert len(named) > 40
    for first, second, star in named:
        if first in sources:
            file, name = sources[first], second
        else:  # "`file.test_one`, `test_two`": the file is named once
            file, name = "\n".join(sources.values()), first
        assert not name or f"def {name}{'' if star else '('}" in file, f"{first}.{second}"
