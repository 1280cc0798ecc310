"""A small app can be added without a change outside its folder.

Its tests and the introspecting tests run in a pytest process of their own, with settings that add the app, and with
their own database.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

APP = Path(__file__).parent / "fire_doors"
MOST_LINES = 155
MATRICES = [
    "tests/newcomer/checks",
    "tests/facts/test_pages.py",
    "tests/facts/test_sent_twice.py",
    "tests/isolation/test_front_door.py",
    "tests/isolation/test_api_door.py",
    "tests/tenancy/test_isolation_models.py",
    # every act of its life, and the number of queries of Today and the file with one more kind
    "tests/facts/test_lives.py::test_every_life_is_walked",
    "tests/facts/test_lives.py::test_an_act_does_what_the_table_says_or_nothing",
    "tests/desk/test_open_work.py::test_the_count_is_that_of_the_list_behind_see_all",
    "tests/desk/test_today.py::test_the_page_costs_the_same_with_few_and_many",
    "tests/desk/test_file.py::test_a_file_costs_the_same_at_5_and_at_500_records",
]


def lines_of(source: str) -> Iterator[str]:
    """Yield the lines of code, without blank lines, comments and docstrings."""
    words: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            words |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    for number, line in enumerate(source.splitlines(), start=1):
        if line.strip() and not line.strip().startswith("#") and number not in words:
            yield line


def test_it_is_small() -> None:
    modules = [
        path for path in APP.rglob("*.py") if "migrations" not in path.parts and path.stem != "factories"
    ]
    assert sum(len(list(lines_of(path.read_text()))) for path in modules) <= MOST_LINES


def test_nothing_else_names_it() -> None:
    """Outside tests/newcomer, only the page that explains it does."""
    root = Path(settings.BASE_DIR)
    named = [
        path.relative_to(root).as_posix()
        for pattern in ("*.py", "*.html", "*.toml", "*.po")
        for folder in (root, *(root / name for name in FOLDERS))
        for path in (folder.glob(pattern) if folder == root else folder.rglob(pattern))
        if "fire_doors" in path.read_text(encoding="utf-8")
        or "door_check" in path.read_text(encoding="utf-8")
    ]
    assert named == []


FOLDERS = sorted(
    path.name
    for path in Path(settings.BASE_DIR).iterdir()
    if path.is_dir()
    and path.name[0] != "."
    and path.name not in ("tests", "node_modules", "staticfiles", "docs")
)


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.xdist_group("newcomer")
def test_it_has_everything_in_a_process_of_its_own(tmp_path: Path) -> None:
    own = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST_", "REDIS_", "DATABASE_"))
        },
        "DJANGO_SETTINGS_MODULE": "tests.newcomer.settings",
        "TESTS_OF": "tests.newcomer.fire_doors",
        "DATA_DIR": str(tmp_path / "data"),
    }

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=own,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
        return done.stdout

    run("manage.py", "translations", "--compile")
    run("manage.py", "translations", "--check")
    run("manage.py", "check", "--fail-level", "WARNING")
    run("manage.py", "makemigrations", "--check", "--dry-run")
    told = run(
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:cov",
        "--ds=tests.newcomer.settings",
        "-m",
        "not drill",
        *MATRICES,
    )
    assert " passed" in told


def test_the_page_that_explains_it_shows_its_code() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "adding-an-app.md").read_text()
    modules = [
        path for path in APP.rglob("*.py") if path.name != "__init__.py" and "migrations" not in path.parts
    ]
    for path in modules:
        assert f"```python\n{path.read_text().rstrip()}\n```" in page, path.name
