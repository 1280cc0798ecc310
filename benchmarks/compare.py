"""Compare the pages of two versions in one run: ``python -m benchmarks.compare /path/of/the/other/checkout``.

Both get enterprises of their own (``benchmarks --only evaluation --keep``, once) and servers of their own. Their
requests alternate, page by page, so all meet the same machine. The other checkout needs ``.venv``.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figures, printed

HERE = Path(__file__).resolve().parent
CONNECTIONS = 8


class Version:
    """A checkout with a process that answers requests (``benchmarks/answering.py``)."""

    def __init__(self, checkout: Path, data_dir: Path, enterprises: int) -> None:
        self.checkout = checkout
        self.environment = os.environ | {"PYTHONPATH": f"{checkout}:{checkout}/warnings"}
        python = str(checkout / ".venv" / "bin" / "python")
        if not data_dir.exists():
            arguments = ["--n", str(enterprises), "--rounds", "1", "--only", "evaluation", "--keep"]
            output = ["--data-dir", str(data_dir), "--output", str(data_dir.with_suffix(".json"))]
            self._run([python, "-m", "benchmarks", *arguments, *output])
        self.process = subprocess.Popen(
            [python, "-P", str(HERE / "answering.py"), str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=checkout,
            env=self.environment,
        )
        self.known = self._read()

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, cwd=self.checkout, env=self.environment, check=True, stdout=sys.stderr)

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        while line := self.process.stdout.readline():
            if line.startswith("{"):
                return json.loads(line)
        raise ChildProcessError(f"{self.checkout} answers no more.")

    def ask(self, page: str, number: int) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([page, number]) + "\n")
        self.process.stdin.flush()
        return self._read()

    def pages_a_second(self, seconds: float) -> float:
        """Return how many lists the web server answers over several connections at once."""
        ends_at = time.monotonic() + seconds
        counts = [0] * CONNECTIONS

        def load(number: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.known["port"], timeout=30)
            while time.monotonic() < ends_at:
                headers = {"Cookie": self.known["cookie"], "Host": "localhost"}
                connection.request("GET", self.known["list"], headers=headers)
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 200, answer.status
                counts[number] += 1

        threads = [threading.Thread(target=load, args=[number]) for number in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts) / seconds

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


def compare(before: Version, now: Version, requests: int, seconds: float) -> Figures:
    """Return medians of both and their ratio for each page."""
    figures: Figures = {}
    versions = {"before": before, "now": now}
    answers: dict[str, dict[str, list[dict[str, Any]]]] = {
        page: {name: [] for name in versions} for page in now.known["pages"]
    }
    for number in range(-1, requests):  # the first round warms up
        for page, found in answers.items():
            for name, version in versions.items():
                answer = version.ask(page, number)
                if number >= 0:
                    found[name].append(answer)
    for page, found in answers.items():
        key = f"compared_{page.replace(' ', '_')}"
        for what in ("ms", "python_ms"):
            middle = {name: median(each[what] for each in found[name]) for name in versions}
            figures |= {f"{key}_{what}_{name}": round(value, 1) for name, value in middle.items()}
            figures[f"{key}_{what}_ratio"] = round(middle["before"] / middle["now"], 2)
        for what in ("statements", "compressed"):
            figures |= {f"{key}_{what}_{name}": found[name][-1][what] for name in versions}
        printed({name: value for name, value in figures.items() if name.startswith(key + "_")})
    rates: dict[str, list[float]] = {"before": [], "now": []}
    for _round in range(3):
        for name, version in versions.items():
            rates[name].append(version.pages_a_second(seconds))
    middle = {name: median(found) for name, found in rates.items()}
    figures |= printed(
        {
            **{f"compared_eight_per_second_{name}": round(value, 1) for name, value in middle.items()},
            "compared_eight_ratio": round(middle["now"] / middle["before"], 2),
        }
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("before", type=Path, help="the checkout to compare with")
    parser.add_argument("--n", type=int, default=60_000, metavar="N", help="enterprises of each")
    parser.add_argument("--requests", type=int, default=20, help="requests per page")
    parser.add_argument("--seconds", type=float, default=5, help="of each round with eight connections")
    parser.add_argument("--data-dir", type=Path, default=HERE.parent / ".data-bench-compared", help="kept")
    parser.add_argument("--output", type=Path, default=HERE / "results" / "compared.json")
    options = parser.parse_args()
    before = Version(options.before.resolve(), options.data_dir / "before", options.n)
    now = Version(HERE.parent, options.data_dir / "now", options.n)
    try:
        figures = {"n": options.n, "measured_on": time.strftime("%Y-%m-%d")}
        figures |= compare(before, now, options.requests, options.seconds)
    finally:
        before.end()
        now.end()
    options.output.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
