"""A test that hangs ends as one that failed: without this nobody learns which one it was.

A thread looks at the test that runs. Playwright waits without limit for some answers of a browser (a key that is pressed
while its page leaves), so Chromium is ended first; if that does not help, the process, and the run with it (`.ci/suite.py`).
This is no limit of how long a test may take: none comes near it.
"""

import contextlib
import faulthandler
import os
import sys
import threading
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.waiting import patience

HANGS_S = 300
LOOKS_EVERY_S = 5

_running: tuple[str, float] | None = None  # the test, and when it began


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    global _running
    _running = (item.nodeid, time.monotonic())
    try:
        return (yield)
    finally:
        _running = None


def _watch() -> None:
    told = ""
    while True:
        time.sleep(LOOKS_EVERY_S)
        if _running is None:
            continue
        test, began = _running
        waited, limit = time.monotonic() - began, patience(HANGS_S)
        if waited > limit and test != told:
            told = test
            print(f"{test} hangs", file=sys.__stderr__, flush=True)
            faulthandler.dump_traceback(file=sys.__stderr__)
            end_browsers()
        elif waited > 1.5 * limit:
            os._exit(1)


def end_browsers() -> None:
    """End every Chromium that this process has started."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "chrom" in process.name():
                process.kill()


def pytest_configure(config: pytest.Config) -> None:
    """Start to watch where tests run: in a worker, or in the only process."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        threading.Thread(target=_watch, name="hanging tests", daemon=True).start()
