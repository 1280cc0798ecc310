"""The same measurements at several sizes, one after the other, and what an enterprise costs at each."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Figures = dict[str, Any]


LONG = 500_000  # enterprises: more than one round would take an hour


def compare(
    sizes: Sequence[int], arguments: Sequence[str], rounds: int, data_dir: Path, results: Path
) -> None:
    """A process, a data folder and a result file for each size; then one table and ``growth.json``."""
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
    """What each size costs an enterprise, and by how much that grew from the smallest to the largest."""
    smallest, largest = min(found), max(found)
    figures: Figures = {"growth_sizes": " ".join(str(size) for size in found)}
    names = [name for name in found[largest] if name.endswith(("us_each", "_p50_ms", "_p95_ms", "_cold_ms"))]
    for name in names:
        for size, each in found.items():
            if name in each:
                figures[f"{name}_{size}"] = each[name]
        if found[smallest].get(name):
            figures[f"{name}_growth"] = round(found[largest][name] / found[smallest][name], 2)
    return figures
