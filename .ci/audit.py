"""Does a package of the locks have a known vulnerability? Exit code 1 then, and only then.

Needs the network, so it is a step of `.ci/run` and not of `make test`. A service that does not answer, or does not know
the packages, is told in so many words: it is neither a fault of ours nor a clean bill of health.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
TOOLS = {
    "Python": [
        str(PROGRAMS / "pip-audit"),
        "-r",
        "requirements.lock",
        "--no-deps",
        "--disable-pip",
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--timeout",
        "20",
    ],
    "npm": ["npm", "audit", "--package-lock-only", "--json"],
}
ACCEPTED: dict[str, str] = {}  # id of a vulnerability: why it does not touch us
Verdict = tuple[list[str], str]  # what is vulnerable; why it could not be looked at, "" if it was


def of_python(said: str) -> Verdict:
    """pip-audit's JSON."""
    try:
        found: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return [], "the service did not answer"
    vulnerable = [
        f"{each['name']} {each['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for each in found
        for flaw in each.get("vulns", [])
        if not {flaw["id"], *flaw.get("aliases", [])} & ACCEPTED.keys()
    ]
    unknown = [each["name"] for each in found if "skip_reason" in each]
    return (
        vulnerable,
        f"{len(unknown)} of {len(found)} packages are unknown to the service" if unknown else "",
    )


def of_npm(said: str) -> Verdict:
    """Read the JSON of npm."""
    try:
        told = json.loads(said)
        total = told["metadata"]["vulnerabilities"]["total"]
    except (ValueError, KeyError, TypeError):
        return [], "the service did not answer"
    names = [
        f"{name}: {each.get('severity', '')}"
        for name, each in told.get("vulnerabilities", {}).items()
        if name not in ACCEPTED
    ]
    return (names or ["packages without a name"] if total and not ACCEPTED else names), ""


def main() -> int:
    """Run the tools and print what they found. Return 1 if there is a vulnerability, not if a tool gave no answer."""
    judges = {"Python": of_python, "npm": of_npm}
    failed = False
    for title, command in TOOLS.items():
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=180,
                env=os.environ | {"PATH": f"{PROGRAMS}:{os.environ.get('PATH', os.defpath)}"},
            )
            vulnerable, unseen = judges[title](done.stdout)
        except (OSError, subprocess.TimeoutExpired) as error:
            vulnerable, unseen = [], type(error).__name__
        failed |= bool(vulnerable)
        for each in vulnerable:
            print(f"audit: VULNERABLE {title}: {each}")
        if unseen:
            print(f"audit: NOT AUDITED {title}: {unseen}. Nothing is known about them, good or bad.")
        elif not vulnerable:
            print(f"audit: {title}: no known vulnerability")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
