"""The fixture that fails the test that leaks: each kind is left behind once, in a pytest process of its own."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest
from django.conf import settings

from tests import leaks
from tests.runner import leaking
from tests.waiting import patience

pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("leaks")]  # one process for all of them


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The message of each test of leaking.py, "" for those that passed."""
    report = tmp_path_factory.mktemp("leaks") / "report.xml"
    options = ["-p", "tests.leaks", "-p", "no:cacheprovider", "-p", "no:cov", "-p", "no:random_order", "-p", "no:xdist"]  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        "/dev/null",
        "--rootdir",
        str(settings.BASE_DIR),
        *options,
    ]
    done = subprocess.run(
        [*command, f"--junitxml={report}", "--ds=config.settings", leaking.__file__],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=patience(120),
    )
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname', '').rpartition('.')[2]}.{case.get('name')}"
        found[name] = found.get(name, "") + "".join(f"{each.get('message')}\n{each.text}" for each in case)
    return found


@pytest.mark.parametrize(("leak", "parts"), [(leak.__name__, parts) for leak, parts in leaking.LEAKS.items()])
def test_whoever_leaks_fails_and_the_next_finds_everything_as_it_was(
    outcomes: dict[str, str], leak: str, parts: tuple[str, ...]
) -> None:
    message = outcomes[f"leaking.test_leak[{leak}-leaves]"]
    assert "This test left something behind." in message
    for part in parts:
        assert part in message
    assert outcomes[f"leaking.test_leak[{leak}-next]"] == ""


def test_every_kind_is_left_behind_once() -> None:
    assert {parts[0].partition(":")[0] for parts in leaking.LEAKS.values()} == {
        kind.name for kind in leaks.KINDS
    }


def test_what_is_written_afterwards_names_its_test(outcomes: dict[str, str]) -> None:
    assert "TestLate::test_writes still writes to the cache" in outcomes["TestLate.test_next"]


def test_whoever_puts_back_passes(outcomes: dict[str, str]) -> None:
    tidy = {name: message for name, message in outcomes.items() if name.startswith("TestTidy.")}
    assert len(tidy) == 2
    assert set(tidy.values()) == {""}
