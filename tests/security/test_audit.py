"""The audit of the lock files: a known vulnerability fails, an unreachable service is only reported."""

import json
import subprocess
import sys
from importlib import util
from types import ModuleType

import pytest

from tests.ground.processes import ROOT
from tests.waiting import patience


def audit() -> ModuleType:
    spec = util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CLEAN = {"name": "django", "version": "5.2.8", "vulns": []}
FLAWED = {
    "name": "pillow",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": ["CVE-1"]}],
}
UNKNOWN = {"name": "anqi", "skip_reason": "not found"}


def python(*rows: dict) -> str:
    return json.dumps({"dependencies": rows, "fixes": []})


@pytest.mark.parametrize(
    ("said", "vulnerable", "unseen"),
    [
        (python(CLEAN), [], ""),
        (python(CLEAN, FLAWED), ["pillow 1.0: PYSEC-1, fixed in 1.1"], ""),
        (python(CLEAN, UNKNOWN), [], "1 of 2 packages are unknown to the service"),
        ("ConnectionError", [], "the service did not answer"),
        ("", [], "the service did not answer"),
    ],
)
def test_python(said: str, vulnerable: list[str], unseen: str) -> None:
    assert audit().read_pip_audit(said) == (vulnerable, unseen)


def test_a_vulnerability_accepted_with_a_reason_does_not_fail() -> None:
    module = audit()
    module.ACCEPTED = {"CVE-1": "we never open such a file"}
    assert module.read_pip_audit(python(FLAWED)) == ([], "")


@pytest.mark.parametrize(
    ("said", "vulnerable", "unseen"),
    [
        ({"vulnerabilities": {}, "metadata": {"vulnerabilities": {"total": 0}}}, [], ""),
        (
            {"vulnerabilities": {"x": {"severity": "high"}}, "metadata": {"vulnerabilities": {"total": 1}}},
            ["x: high"],
            "",
        ),
        ({"message": "405 Method Not Allowed", "error": {}}, [], "the service did not answer"),
    ],
)
def test_npm(said: dict, vulnerable: list[str], unseen: str) -> None:
    assert audit().read_npm_audit(json.dumps(said)) == (vulnerable, unseen)


def test_without_a_network_it_says_so_and_goes_on() -> None:
    code = f"import runpy, sys; sys.argv = ['audit']; m = runpy.run_path({str(ROOT / '.ci' / 'audit.py')!r}); m['TOOLS'].update(Python=['false'], npm=['/nowhere/npm']); sys.exit(m['main']())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=patience(60))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("NOT AUDITED") == 2


def test_ci_runs_it_and_the_offline_test_command_does_not() -> None:
    assert ".ci/audit.py" in (ROOT / ".ci" / "run").read_text()
    assert "audit" not in (ROOT / "Makefile").read_text().split("test: install")[1].split("\n\n")[0]
