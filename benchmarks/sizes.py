"""The same benchmarks at several sizes, and the cost per enterprise at each."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figures

ROOT = Path(__file__).resolve().parent.parent
LONG = 500_000  # enterprises; from this size on a round takes minutes, so there is only one


def compare(
    sizes: Sequence[int], arguments: Sequence[str], rounds: int, data_dir: Path, results: Path
) -> None:
    """Run each size with its own process, data folder and result file; then print and write ``growth.json``."""
    found: dict[int, Figures] = {}
    for size in sizes:
        output = results / f"{size}.json"
        print(f"\n--- {size} enterprises", flush=True)
        folder = data_dir.with_name(f"{data_dir.name}-{size}")
        named = ["--n", str(size), "--data-dir", str(folder), "--output", str(output)]
        named += ["--rounds", str(1 if size >= LONG else rounds)]
        subprocess.run([sys.executable, "-m", "benchmarks", *named, *arguments], cwd=ROOT, check=True)
        found[size] = json.loads(output.read_text())
    figures = growth(found)
    (results / "growth.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    for name, value in figures.items():
        print(f"{name:<44} {value}")


def growth(found: dict[int, Figures]) -> Figures:
    """Return the figures of each size, and their growth from the smallest size measured to the largest."""
    largest = max(found)
    figures: Figures = {"growth_sizes": " ".join(str(size) for size in found)}
    names = [
        name
        for name, value in found[largest].items()
        if value and name.endswith(("us_each", "_p50_ms", "_p95_ms", "_cold_ms"))
    ]
    for name in names:
        for size, each in found.items():
            if name in each:
                figures[f"{name}_{size}"] = each[name]
        measured = [size for size, each in found.items() if each.get(name)]
        if min(measured) < largest:
            figures[f"{name}_growth"] = round(found[largest][name] / found[min(measured)][name], 2)
    return figures
