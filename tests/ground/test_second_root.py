"""``warnings/`` is a source root and never a package: ``import warnings`` is the standard library's everywhere."""

import sys
from pathlib import Path

import pytest

from tests.ground.processes import ROOT, manage, run

PROBE = "import warnings, ratings; print('LIBRARY', warnings.__file__, 'RATINGS', ratings.__file__)"


def hold(said: str) -> None:
    line = next(line for line in said.splitlines() if line.startswith("LIBRARY"))
    library, ratings = line.removeprefix("LIBRARY ").split(" RATINGS ")
    assert not Path(library).is_relative_to(ROOT / "warnings")
    assert Path(library).name == "warnings.py" or Path(library).parent.name == "warnings"
    assert Path(ratings) == ROOT / "warnings" / "ratings" / "__init__.py"


def test_it_is_no_package() -> None:
    assert not (ROOT / "warnings" / "__init__.py").exists()


@pytest.fixture
def probe(tmp_path: Path) -> str:
    """Return a folder for PYTHONPATH with a settings module that reports which modules the process sees."""
    (tmp_path / "probing.py").write_text(f"from config.settings import *\n{PROBE}\n")
    return str(tmp_path)


def test_in_manage_py(probe: str, tmp_path: Path) -> None:
    done = manage(
        "check", PYTHONPATH=probe, DJANGO_SETTINGS_MODULE="probing", DATA_DIR=str(tmp_path / "data")
    )
    assert done.returncode == 0, done.stderr
    hold(done.stdout)


@pytest.mark.drill
def test_in_celery(probe: str, tmp_path: Path) -> None:
    done = run(
        [sys.executable, "-m", "celery", "-A", "config", "report"],
        PYTHONPATH=probe,
        DJANGO_SETTINGS_MODULE="probing",
        DATA_DIR=str(tmp_path / "data"),
    )
    assert done.returncode == 0, done.stderr
    hold(done.stdout)


def test_in_the_web_server(probe: str, tmp_path: Path) -> None:
    done = run(
        [sys.executable, "-c", "import config.web, probing"],
        PYTHONPATH=probe,
        DJANGO_SETTINGS_MODULE="config.settings",
        DATA_DIR=str(tmp_path / "data"),
    )
    hold(done.stdout)


def test_in_pytest(tmp_path: Path) -> None:
    hold(f"LIBRARY {sys.modules['warnings'].__file__} RATINGS {__import__('ratings').__file__}")


def test_in_a_bare_checkout(tmp_path: Path) -> None:
    """Without the editable install and its path file, the line in config/__init__.py adds the source root."""
    code = (
        "import sys, site; root = sys.argv[1]; "
        "sys.path = [root] + [p for p in sys.path if p not in (root, root + '/warnings')]; "
        f"import config; {PROBE}"
    )
    done = run([sys.executable, "-c", code, str(ROOT)], DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    hold(done.stdout)
