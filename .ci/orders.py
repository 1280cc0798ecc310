"""`make test-orders`: the suite in three random orders: in Chinese, in New York, and on a busy machine.

Without the drills, which `.ci/run` shuffles each time. Each run's output goes to a file, whose name is printed; a random
order is repeated with `make test ARGS="--random-order-bucket=module --random-order-seed=…"`. More arguments go to pytest.
"""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from suite import PYTEST, ROOT, clock


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """Something else works on so many cores."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _number in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


CHINESE = {"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"}


def runs() -> Iterator[tuple[str, dict[str, str], int]]:
    """Name, environment, and how many cores are busy with something else."""
    yield "LANG=zh_CN.UTF-8", CHINESE, 0
    yield "TZ=America/New_York", {"TZ": "America/New_York"}, 0
    yield "all cores busy", {}, os.cpu_count() or 1


def main() -> int:
    """Run all, whatever one of them says."""
    folder = Path(tempfile.mkdtemp(prefix="anqi-orders-"))
    failed = []
    for number, (name, surroundings, cores) in enumerate(runs(), start=1):
        seed = random.SystemRandom().randrange(1, 1_000_000)
        name = f"{name}, order {seed}"
        order = ["--random-order-bucket=module", f"--random-order-seed={seed}"]
        output, began = folder / f"{number}.log", time.monotonic()
        print(f"{name}: running, output in {output}", flush=True)
        with busy(cores), output.open("wb") as file:
            done = subprocess.run(
                [*PYTEST, "-m", "not drill", *order, *sys.argv[1:]],
                cwd=ROOT,
                env=os.environ | surroundings,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        last = output.read_text(errors="replace").strip().splitlines()[-1:]
        print(f"{name}: {''.join(last)} ({clock(time.monotonic() - began)})", flush=True)
        if done.returncode:
            failed.append(name)
    print(f"Failed: {', '.join(failed)}" if failed else "All orders passed.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
