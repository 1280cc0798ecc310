"""Drills of a run that must end in time: they come last, and those whose turn comes too late are left out and named.

``DRILLS_UNTIL`` is the moment (seconds since 1970) after which none begins. ``.ci/run`` sets it and shuffles them, so each
run leaves out others; ``make test-all`` leaves out none.
"""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

UNTIL = float(os.environ.get("DRILLS_UNTIL") or 0)
TOO_LATE = "no time is left for this drill; make test-all runs it"


def is_drill(item: pytest.Item) -> bool:
    return item.get_closest_marker("drill") is not None


def pytest_itemcollected(item: pytest.Item) -> None:
    """In a run that must end in time the drills of a group are a group of their own, which comes later.

    pytest-xdist gives a group to one worker as a whole. The group of tests/browser is set after this.
    """
    grouped = item.get_closest_marker("xdist_group") or item.path.parent.name == "browser"
    if UNTIL and is_drill(item) and grouped:
        item.add_marker(pytest.mark.xdist_group("late"))  # pytest-xdist then calls it "browser_late"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Start with what takes long, so that at the end no worker is alone with it; drills of a run that must end in time come last."""
    yield  # pytest-xdist writes the group into the name, pytest-random-order shuffles
    items.sort(key=lambda item: (bool(UNTIL) and is_drill(item), item.get_closest_marker("slow") is None))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if UNTIL and is_drill(item) and time.time() > UNTIL:
        pytest.skip(TOO_LATE)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the files of the drills that were left out, with their number."""
    left: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", ()):
        if TOO_LATE in str(report.longrepr):
            name = report.nodeid.partition("::")[0]
            left[name] = left.get(name, 0) + 1
    if left:
        named = ", ".join(f"{name} ({number})" for name, number in sorted(left.items()))
        terminalreporter.write_line(f"Left out for time, {sum(left.values())} drills: {named}")
