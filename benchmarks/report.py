"""``python -m benchmarks.report``: write the figures in ``benchmarks/results/`` to the tables of docs/performance.md."""

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figures

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "docs" / "performance.md"
SIZES = (10_000, 100_000, 1_000_000)
NAMES = {10_000: "10 thousand", 100_000: "100 thousand", 1_000_000: "1 million"}


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(
        "| " + " | ".join("" if cell is None else str(cell) for cell in line) + " |" for line in lines
    )


def growth(found: dict[int, Figures]) -> str:
    """Return the table of microseconds per enterprise at each size, with the growth from the first to the last."""
    rows = []
    for title, key in [
        *((f"{count} worker{'s' * (count > 1)}: elapsed", f"growth_{count}_us_each") for count in (1, 2, 4)),
        *(
            (f"{count} worker{'s' * (count > 1)}: processors", f"growth_{count}_processor_us_each")
            for count in (1, 2, 4)
        ),
        ("next quarter, 2 workers: elapsed", "growth_next_us_each"),
    ]:
        values = [found[size].get(key) for size in found]
        grown = round(values[-1] / values[0], 2) if values[0] and values[-1] else None
        rows.append([title, *values, grown])
    rows.append(["database, MB", *(found[size].get("growth_database_mb") for size in found), None])
    return table(["µs an enterprise", *(NAMES.get(size, str(size)) for size in found), "growth"], rows)


def requests(found: dict[int, Figures], prefix: str) -> str:
    """Return the table of statements and times of every page or list at each size."""
    sizes = [size for size in found if any(name.startswith(prefix) for name in found[size])]
    names: dict[str, None] = {}
    for size in sizes:
        names |= dict.fromkeys(
            name.removesuffix("_p50_ms")
            for name in found[size]
            if name.startswith(prefix) and name.endswith("_p50_ms")
        )
    rows = []
    for name in names:
        row: list[Any] = [
            name.removeprefix(prefix).replace("_", " "),
            found[sizes[-1]].get(f"{name}_statements"),
        ]
        for size in sizes:
            p50, p95, cold = (found[size].get(f"{name}_{what}_ms") for what in ("p50", "p95", "cold"))
            row.append(
                None if p50 is None else f"{p50:.0f} / {p95:.0f}" + ("" if cold is None else f" / {cold:.0f}")
            )
        rows.append(row)
    return table(["", "statements", *(NAMES.get(size, str(size)) for size in sizes)], rows)


def evaluation(latest: Figures) -> str:
    rows = [
        ("enterprises rated", f"{latest['evaluation_enterprises']:,}", ""),
        ("two workers, first quarter: s", latest["evaluation_seconds"], ""),
        ("enterprises a second", f"{latest['evaluation_per_second']:,}", ""),
        (
            "next quarter, with movement: enterprises a second",
            f"{latest['evaluation_next_per_second']:,}",
            "",
        ),
        ("batches", latest["evaluation_batches"], ""),
        (
            "statements without BEGIN and COMMIT",
            latest["evaluation_statements"] - latest["evaluation_statements_control"],
            f"40 + 10 a batch = {latest['evaluation_statements_aim']}",
        ),
        ("largest worker process, MB", latest["worker_rss_mb"], "≤ 300"),
        ("one connection, rating: s", latest["evaluation_one_connection_seconds"], ""),
        ("one connection, publishing and completing: s", latest.get("evaluation_publishing_seconds"), ""),
        (
            "floor: s (reading + writing)",
            f"{latest['evaluation_floor_seconds']} ({latest['evaluation_floor_read_seconds']} "
            f"+ {latest['evaluation_floor_write_seconds']})",
            "",
        ),
        ("**against the floor**", f"**{latest['evaluation_floor_ratio']}**", "≤ 2.8"),
        ("against a loop per enterprise", latest.get("evaluation_loop_ratio"), "≥ 100"),
    ]
    return table(["", NAMES.get(latest["n"], str(latest["n"])), "aim"], rows)


def deliveries(figures: Figures) -> str:
    return table(
        ["", f"{figures['deliveries_n']:,} ratings × {figures['deliveries_subscriptions']}"],
        list(figures.items())[3:],
    )


def compared(figures: Figures) -> str:
    """Return the table of both versions' pages: wall and Python milliseconds, bytes compressed, and their ratio."""
    names = [name.removesuffix("_ms_ratio") for name in figures if name.endswith("_ms_ratio")]
    rows: list[list[Any]] = []
    for name in (each for each in names if not each.endswith("_python")):
        row: list[Any] = [name.removeprefix("compared_").replace("_", " ")]
        for what in ("ms", "python_ms", "compressed", "statements"):
            before, now = (figures[f"{name}_{what}_{when}"] for when in ("before", "now"))
            row.append(f"{before:,} → {now:,}")
        rows.append([*row, f"÷ {figures[f'{name}_ms_ratio']}"])
    before, now = (figures[f"compared_eight_per_second_{when}"] for when in ("before", "now"))
    rows.append(
        [
            "eight connections, pages a second",
            f"{before} → {now}",
            "",
            "",
            "",
            f"× {figures['compared_eight_ratio']}",
        ]
    )
    return table(["", "ms", "of them Python", "bytes compressed", "statements", "ratio"], rows)


def everything(latest: Figures) -> str:
    """Return the table of the slowest pages and commands."""
    slowest = {
        name.removeprefix("everything_").removesuffix("_seconds"): value
        for name, value in latest.items()
        if name.startswith("everything_") and name.endswith("_seconds")
    }
    return table(["", "s, cold"], [[f"`{name}`", value] for name, value in slowest.items()])


def parts(results: Path) -> dict[str, Callable[[], str]]:
    def read(name: str) -> Figures:
        return json.loads((results / name).read_text())

    sizes = [size for size in SIZES if (results / f"{size}.json").exists()]
    found = {size: read(f"{size}.json") for size in sizes}
    return {
        "growth": lambda: growth(found),
        "evaluation": lambda: evaluation(read("latest.json")),
        "pages": lambda: requests(found, "page_"),
        "api": lambda: requests(found, "api_"),
        "compared": lambda: compared(read("compared.json")),
        "everything": lambda: everything(read("everything.json")),
        "deliveries": lambda: deliveries(read("deliveries.json")),
    }


def _filled(made: str, match: re.Match[str]) -> str:
    return f"{match[1]}{made}\n{match[2]}"


def fill(text: str, results: Path) -> str:
    """Return the document with every marked table replaced. A table without figures stays unchanged."""
    for name, make in parts(results).items():
        try:
            made = make()
        except (FileNotFoundError, KeyError, IndexError) as error:
            print(f"{name}: unchanged ({error!r})")
            continue
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = marked.sub(partial(_filled, made), text)
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(fill(DOCUMENT.read_text(), HERE / "results"))
