from tools.pytest_runs import Counts, read_counts

REPORT = '<testsuites><testsuite tests="{}" failures="{}" errors="0" skipped="{}" /></testsuites>'


def _report(tmp_path, *numbers):
    path = tmp_path / "junit.xml"
    path.write_text(REPORT.format(*numbers))
    return path


def test_passed_tests_are_counted(tmp_path):
    assert read_counts(_report(tmp_path, 3, 0, 0), 0) == Counts(3, 0)


def test_a_skipped_test_counts_as_failed(tmp_path):
    assert read_counts(_report(tmp_path, 3, 0, 1), 1) == Counts(2, 1)


def test_no_test_at_all_is_a_failure(tmp_path):
    assert read_counts(_report(tmp_path, 0, 0, 0), 5) == Counts(0, 1)


def test_a_run_that_broke_off_is_a_failure(tmp_path):
    assert read_counts(tmp_path / "missing.xml", 3) == Counts(0, 1)
