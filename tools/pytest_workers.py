"""A pytest plugin for parallel runs: each worker has a separate database, browsers run one at a time.

The databases are created beforehand, by ``tools.commands.test``: the copies that pytest-odoo creates share one
filestore, into which two workers would write the same style sheet at the same time.
"""

import functools
import os
from collections.abc import Generator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from . import addons, database, paths, timings

_BROWSER = "browser"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Give a worker its database, and hide from pytest-odoo that it is one: it would create another copy."""
    if worker := os.environ.pop("PYTEST_XDIST_WORKER", None):
        config.option.odoo_database = database.of_worker(config.option.odoo_database, worker)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files with browsers first, then the longest of the last run, so that the workers end together."""
    seconds = timings.read()

    def rank(item: pytest.Item) -> tuple[bool, float]:
        file = _get_file(item.nodeid)
        return scope(file) != _BROWSER, -seconds.get(file, 0.0)

    items.sort(key=rank)  # stable sort: the tests of a file stay together


def _get_file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


@functools.cache
def scope(file: str) -> str:
    """Return the group that goes to one worker: a file, whose tests share their set-up, or all that drive a
    browser.

    Browsers in parallel are too slow for the timeouts of the tests.
    """
    return _BROWSER if addons.drives_browser(paths.ROOT / file) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Distribute tests by :func:`scope`, in the order of collection."""
    return _Scheduling(config, log)


class _Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist is not where types are checked
    def _split_scope(self, nodeid: str) -> str:
        return scope(_get_file(nodeid))
