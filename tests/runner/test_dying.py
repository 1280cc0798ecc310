"""A worker that dies ends the run, and the test in which it died is named."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.waiting import patience

LIVING = "def test_one(): pass\ndef test_two(): pass\n"
DYING = """
import os, time
def test_dies():
    time.sleep(1)
    os._exit(1)
def test_after(): pass
"""


@pytest.mark.drill
def test_a_run_ends_with_the_worker_that_dies(tmp_path: Path) -> None:
    workers = runpy.run_path(str(Path(settings.BASE_DIR) / ".ci/suite.py"))["WORKERS"]
    for number in range(20):
        (tmp_path / f"test_{number:02}.py").write_text(DYING if number == 10 else LIVING)
    alone = ["-c", "/dev/null", "--rootdir", str(tmp_path), "-p", "no:cacheprovider", "-p", "no:django"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *alone, *workers, str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=patience(30),
    )
    assert done.returncode, done.stdout
    assert "crashed while running 'test_10.py::test_dies'" in done.stdout, done.stdout
