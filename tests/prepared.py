"""Data folders that tests would otherwise fill anew each time: made once in a run, then copied.

A copy has the passwords of the first one, and other ports if those are taken.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from embedded import configuration
from embedded.servers import running
from tests.ground.processes import anqi, run
from tests.ports import claim_port


def copy_of_demo(place: Path, factory: pytest.TempPathFactory) -> Path:
    """Return a new data folder in ``place`` with the demo data, as ``make demo`` leaves it when it is stopped."""
    return _copy("demo", place, factory)


def copy_of_migrated(place: Path, factory: pytest.TempPathFactory) -> Path:
    """Return a new data folder in ``place`` with an empty, migrated database."""
    return _copy("migrated", place, factory)


def _copy(name: str, place: Path, factory: pytest.TempPathFactory) -> Path:
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base  # of all workers of pytest-xdist
    original, done = shared / f"prepared-{name}" / "data", shared / f"prepared-{name}.done"
    with configuration.locked(shared / f"prepared-{name}.lock"):
        if not done.exists():
            shutil.rmtree(original.parent, ignore_errors=True)
            original.parent.mkdir()
            _MAKE[name](original)
            done.touch()
    place.mkdir(exist_ok=True)
    # With the owners of the files: for root, PostgreSQL runs as a user of its own.
    subprocess.run(["cp", "-a", str(original), str(place)], check=True)
    return place / "data"


def _make_demo(folder: Path) -> None:
    with anqi(folder, claim_port(), ANQI_DEMO="1") as system:
        system.wait_for("Anqi is ready", 240)
        system.press_ctrl_c()


def _make_migrated(folder: Path) -> None:
    with running(folder):
        done = run([sys.executable, "manage.py", "migrate"], DATA_DIR=str(folder))
        assert done.returncode == 0, done.stderr


_MAKE = {"demo": _make_demo, "migrated": _make_migrated}
