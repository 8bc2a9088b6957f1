from tools import paths, timings

REPORT = """\
<testsuites><testsuite>
<testcase classname="core.tests.test_run.TestRun" file="core/tests/test_run.py" name="test_one" time="1.25" />
<testcase classname="core.tests.test_run.TestRun" file="core/tests/test_run.py" name="test_one" time="0.25" />
<testcase classname="core.tests.test_run.TestRun" file="core/tests/test_run.py" name="test_two" time="0.25" />
<testcase classname="tools.tests.test_x" file="tools/tests/test_x.py" name="test_three" time="4" />
</testsuite></testsuites>
"""


def _read(tmp_path):
    (tmp_path / "junit.xml").write_text(REPORT)
    return timings.of_tests(tmp_path / "junit.xml")


def test_tests_are_named_as_pytest_names_them(tmp_path):
    assert list(_read(tmp_path)) == [
        "core/tests/test_run.py::TestRun::test_one",
        "core/tests/test_run.py::TestRun::test_two",
        "tools/tests/test_x.py::test_three",
    ]


def test_time_of_a_file_is_that_of_its_tests_the_longest_first(tmp_path):
    assert list(timings.of_files(_read(tmp_path)).items()) == [
        ("tools/tests/test_x.py", 4),
        ("core/tests/test_run.py", 1.75),
    ]


def test_report_shows_each_file_and_the_slowest_tests(tmp_path):
    assert timings.report(_read(tmp_path)) == [
        "  Seconds a file:",
        "    4.0 tools: x                                        1.8 core: run",
        "  The 3 slowest tests, with their set-up:",
        "    4.0 tools/tests/test_x.py::test_three",
        "    1.5 core/tests/test_run.py::TestRun::test_one",
        "    0.2 core/tests/test_run.py::TestRun::test_two",
    ]


def test_only_the_name_of_a_file_is_shortened():
    assert timings.report({"tools/tests/test_pytest_runs.py::test_one": 1.0})[1] == "    1.0 tools: pytest_runs"
    assert timings.report({"crm_triggers/tests/rule/test_reach.py::test": 1.0})[1] == "    1.0 crm_triggers: rule/reach"


def test_run_that_broke_off_took_no_time(tmp_path):
    assert timings.of_tests(tmp_path / "missing.xml") == {}


def test_times_are_kept_of_files_that_are_still_there(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "TEST_TIMES", tmp_path / "times.json")
    timings.keep({"tools/tests/test_timings.py": 2.0, "tools/tests/test_gone.py": 1.0})
    timings.keep({"tools/tests/test_addons.py": 3.0})

    assert timings.read() == {"tools/tests/test_timings.py": 2.0, "tools/tests/test_addons.py": 3.0}
