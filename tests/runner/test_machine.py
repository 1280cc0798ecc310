"""Other runs on the machine, its load, its time zone: none of them reaches a test."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from embedded import configuration
from tests import servers, waiting
from tests.ground.processes import ROOT, surroundings
from tests.ports import claim_port
from tests.surroundings import as_the_machine_has_it

CLAIMS = 40
CLOCK = re.compile(
    r"\b(monotonic|perf_counter|process_time)(_ns)?\(|\belapsed\b *<|\b(duration_ms|seconds)\b *<"
)


def test_two_runs_never_claim_the_same_port() -> None:
    """The other one is another process, which holds its ports while we claim ours."""
    code = f"from tests.ports import claim_port; print(*(claim_port() for _ in range({CLAIMS})), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        theirs = {int(port) for port in other.stdout.readline().split()}
        ours = {claim_port() for _ in range(CLAIMS)}
        other.communicate("\n", timeout=waiting.patience(60))
    assert len(theirs) == len(ours) == CLAIMS
    assert not theirs & ours
    assert not (theirs | ours) & set(configuration.PORTS), "the embedded servers choose among others"


def test_two_runs_in_one_checkout_work_in_two_folders(tmp_path: Path) -> None:
    folders = [servers._free_folder(tmp_path / "data-test") for _run in range(3)]
    assert [folder.name for folder in folders] == ["data-test", "data-test-2", "data-test-3"]


def test_a_busy_machine_is_waited_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(waiting.os, "getloadavg", lambda: (0.1, 0.0, 0.0))
    assert waiting.patience(10) == 20
    monkeypatch.setattr(waiting.os, "getloadavg", lambda: (8.0, 0.0, 0.0))
    assert waiting.patience(10) == 80
    with pytest.raises(AssertionError, match="never comes"):
        waiting.wait_until(lambda: False, 0.01, "it never comes")


@pytest.mark.parametrize("zone", ["", "America/New_York"])
def test_processes_start_in_the_time_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TESTS_MACHINE_TZ", zone)
    assert as_the_machine_has_it({"TZ": "Asia/Shanghai", "A": "b"}) == {"A": "b"} | (
        {"TZ": zone} if zone else {}
    )
    assert surroundings().get("TZ", "") == zone


def test_no_test_asserts_a_duration() -> None:
    found = []
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text()
        if not CLOCK.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Assert) and CLOCK.search(ast.get_source_segment(text, node.test) or ""):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
