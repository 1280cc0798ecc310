"""`make test-orders`: the whole suite in other orders, another language, another time zone, and on a busy machine.

Takes six times as long as `make test-all`. Each run's output goes to a file, whose name is printed; a random order is
repeated with `make test-all ARGS="--random-order-bucket=module --random-order-seed=…"`. More arguments go to pytest.
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


def runs() -> Iterator[tuple[str, list[str], dict[str, str], int]]:
    """Name, arguments, environment, and how many cores are busy with something else."""
    for _number in range(3):
        seed = random.SystemRandom().randrange(1, 1_000_000)
        options = ["--random-order-bucket=module", f"--random-order-seed={seed}"]
        yield f"random order {seed}", options, {}, 0
    yield "LANG=zh_CN.UTF-8", [], {"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"}, 0
    yield "TZ=America/New_York", [], {"TZ": "America/New_York"}, 0
    yield "all cores busy", [], {}, os.cpu_count() or 1


def main() -> int:
    """Run all, whatever one of them says."""
    folder = Path(tempfile.mkdtemp(prefix="anqi-orders-"))
    failed = []
    for number, (name, options, surroundings, cores) in enumerate(runs(), start=1):
        output, began = folder / f"{number}.log", time.monotonic()
        print(f"{name}: running, output in {output}", flush=True)
        with busy(cores), output.open("wb") as file:
            done = subprocess.run(
                [*PYTEST, *options, *sys.argv[1:]],
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
