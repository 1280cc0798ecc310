"""The benchmark runs from end to end on its own servers and writes every figure."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.waiting import patience

FIGURES = {
    "evaluation_enterprises",
    "evaluation_seconds",
    "evaluation_per_second",
    "evaluation_batches",
    "evaluation_statements",
    "evaluation_floor_ratio",
    "evaluation_publishing_seconds",
    "evaluation_loop_ratio",
    "evaluation_next_per_second",
    "worker_rss_mb",
}
PAGES = {
    "officer": ["list", "list_search", "search", "file", "today", "warning"],
    "supervisor": ["list", "file", "bureau", "warning"],
}


@pytest.mark.drill
@pytest.mark.slow
def test_the_benchmark_runs_and_writes_its_figures(tmp_path: Path) -> None:
    output = tmp_path / "latest.json"
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_XDIST_WORKER"}
    arguments = [
        "--n",
        "300",
        "--rounds",
        "1",
        "--requests",
        "3",
        "--data-dir",
        str(tmp_path / "data"),
        "--output",
        str(output),
    ]
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=patience(300),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    figures = json.loads(output.read_text())
    assert all(isinstance(value, int | float | str) for value in figures.values())  # one flat object
    assert figures.keys() >= FIGURES
    for reader, pages in PAGES.items():
        for page in pages:
            for figure in ("statements", "p50_ms", "p95_ms"):
                assert f"page_{reader}_{page}_{figure}" in figures
        assert (
            figures[f"page_{reader}_list_statements_at_5"]
            == figures[f"page_{reader}_list_statements_at_500"]
            <= 12
        )
        assert figures[f"page_{reader}_file_statements"] <= 18
    assert 280 <= figures["evaluation_enterprises"] <= 300
    assert 20 * 300 < figures["facts"] < 30 * 300
    assert all(figures[f"evaluation_next_{colour}"] for colour in ("green", "yellow", "red", "grey"))
    assert figures["everything_unfinished"] == ""
    assert figures["everything_finished"] > 20
    assert not (tmp_path / "data").exists()  # nothing is left behind
