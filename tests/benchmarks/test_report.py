"""The tables of docs/performance.md match the result files."""

import json
from pathlib import Path

from benchmarks.report import DOCUMENT, HERE, fill


def test_marked_tables_are_written_and_the_rest_is_left(tmp_path: Path) -> None:
    for size, cost in ((10_000, 50.0), (1_000_000, 55.0)):
        figures = {f"growth_{count}_us_each": cost for count in (1, 2, 4)}
        (tmp_path / f"{size}.json").write_text(json.dumps(figures))
    text = fill(
        "Before\n<!-- growth -->\nold\n<!-- end -->\n<!-- deliveries -->\nkept\n<!-- end -->\nAfter", tmp_path
    )
    assert "| 1 worker: elapsed | 50.0 | 55.0 | 1.1 |" in text
    assert "old" not in text
    assert text.startswith("Before\n")
    assert text.endswith("<!-- deliveries -->\nkept\n<!-- end -->\nAfter")


def test_the_document_shows_the_results_that_are_committed() -> None:
    assert fill(DOCUMENT.read_text(), HERE / "results") == DOCUMENT.read_text()
