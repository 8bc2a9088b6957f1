from types import SimpleNamespace

from tools import paths, pytest_workers, timings

OTHER, LONG = "tools/tests/test_checks.py", "tools/tests/test_ports.py"


def _item(file, name="test_it"):
    return SimpleNamespace(nodeid=f"{file}::{name}")


def test_what_drives_a_browser_is_shared_out_together():
    tours = {str(path.relative_to(paths.ROOT)) for path in paths.ROOT.glob("crm_triggers/tests/**/test_tour_*.py")}

    assert len(tours) > 1
    assert {pytest_workers.scope(tour) for tour in tours} == {"browser"}
    assert pytest_workers.scope(OTHER) == OTHER


def test_browsers_come_first_then_what_took_longest(monkeypatch):
    monkeypatch.setattr(timings, "read", lambda: {OTHER: 1.0, LONG: 2.0})
    tour = next(str(path.relative_to(paths.ROOT)) for path in paths.ROOT.glob("crm_triggers/tests/**/test_tour_*.py"))
    items = [_item(OTHER), _item(LONG, "test_one"), _item(tour), _item(LONG, "test_two")]

    pytest_workers.pytest_collection_modifyitems(items)

    assert [item.nodeid.split("::")[0] for item in items] == [tour, LONG, LONG, OTHER]
    assert [item.nodeid for item in items if LONG in item.nodeid] == [f"{LONG}::test_one", f"{LONG}::test_two"]
