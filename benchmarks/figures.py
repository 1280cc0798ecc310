"""Figures of a benchmark, by name, printed as soon as they are known."""

from typing import Any

Figures = dict[str, Any]


def say(figures: Figures) -> None:
    for name, value in figures.items():
        print(f"{name:<44} {value}", flush=True)


def printed(figures: Figures) -> Figures:
    """Print figures and return them."""
    say(figures)
    return figures
