"""Check the locked packages for known vulnerabilities. Exit with 1 only if there is one.

Needs the network, so `.ci/run` runs it and `make test` does not. If the service does not answer or does not know a
package, the output says so: that is neither a failure nor a clean result.
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
ACCEPTED: dict[str, str] = {}  # id of a vulnerability → why it does not affect us
Verdict = tuple[list[str], str]  # what is vulnerable; why the audit is incomplete, "" if it is complete


def read_pip_audit(output: str) -> Verdict:
    """Read the JSON of pip-audit."""
    try:
        found: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return [], "the service did not answer"
    vulnerable = [
        f"{each['name']} {each['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for each in found
        for flaw in each.get("vulns", [])
        if not {flaw["id"], *flaw.get("aliases", [])} & ACCEPTED.keys()
    ]
    unknown = [each["name"] for each in found if "skip_reason" in each]
    return (
        vulnerable,
        f"{len(unknown)} of {len(found)} packages are unknown to the service" if unknown else "",
    )


def read_npm_audit(output: str) -> Verdict:
    """Read the JSON of `npm audit`."""
    try:
        report = json.loads(output)
        total = report["metadata"]["vulnerabilities"]["total"]
    except (ValueError, KeyError, TypeError):
        return [], "the service did not answer"
    names = [
        f"{name}: {each.get('severity', '')}"
        for name, each in report.get("vulnerabilities", {}).items()
        if name not in ACCEPTED
    ]
    return (names or ["packages without a name"] if total and not ACCEPTED else names), ""


def main() -> int:
    """Run the tools and print what they found. Return 1 if there is a vulnerability, not if a tool gave no answer."""
    readers = {"Python": read_pip_audit, "npm": read_npm_audit}
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
            vulnerable, unseen = readers[title](done.stdout)
        except (OSError, subprocess.TimeoutExpired) as error:
            vulnerable, unseen = [], type(error).__name__
        failed |= bool(vulnerable)
        for each in vulnerable:
            print(f"audit: VULNERABLE {title}: {each}")
        if unseen:
            print(f"audit: NOT AUDITED {title}: {unseen}. Their state is unknown.")
        elif not vulnerable:
            print(f"audit: {title}: no known vulnerability")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
