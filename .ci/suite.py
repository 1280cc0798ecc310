"""`make test` and `make test-all`: the checks, then the tests; how long it took against what it may take.

`make test` leaves out what is marked `drill`; `make test-all`, which `.ci/run` calls with a moment for the last drill to begin, runs
everything and measures the coverage. More arguments go to pytest.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A worker that dies ends the run, and its test is named: replaced, it would wait for ever (pytest-dev/pytest-xdist#1323).
WORKERS = ["-n", "2", "--dist", "loadgroup", "--max-worker-restart=0"]
PYTEST = [sys.executable, "-m", "pytest", *WORKERS, "-q"]
# Seconds on two quiet cores: 7 and 16 minutes, and what each step since then may add.
STEPS = 7  # the seventh is being built
BUDGETS = {"test": 7 * 60 + STEPS * 25, "test-all": 16 * 60 + STEPS * 120}
# Else pytest-xdist begins with the largest groups, and most of what is in groups are drills.
IN_ORDER = ["--no-loadscope-reorder"] if os.environ.get("DRILLS_UNTIL") else []
ARGUMENTS = {
    "test": ["-m", "not drill"],
    "test-all": ["--cov", "--cov-report=term:skip-covered", "--durations=30"],
}


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def main() -> int:
    """Run both, whatever the first one says."""
    target, *more = sys.argv[1:]
    began, load = time.monotonic(), os.getloadavg()[0]
    # Where it is set, each of some hundred processes would compile the whole project anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    checks_failed = failed = subprocess.run([sys.executable, ".ci/checks.py"], cwd=ROOT).returncode
    with tempfile.TemporaryDirectory(prefix="anqi-coverage-") as folder:
        # Of its own, so that two runs in one checkout do not combine each other's figures.
        surroundings = os.environ | {"COVERAGE_FILE": str(Path(folder) / "coverage")}
        command = [*PYTEST, *IN_ORDER, *ARGUMENTS[target], *more]
        failed |= subprocess.run(command, cwd=ROOT, env=surroundings, stdin=subprocess.DEVNULL).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"make {target}: {clock(time.monotonic() - began)} of {clock(BUDGETS[target])} on two quiet cores; "
        f"processor time {clock(used.ru_utime + used.ru_stime)}, load before {load:.1f}",
        flush=True,
    )
    if checks_failed:
        print("The checks failed: see above the tests, or run `make lint`.", flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
