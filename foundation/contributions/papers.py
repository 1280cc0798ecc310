"""Forms 文书, declared in an app's ``papers.py``: what is issued as a numbered paper, from which template."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foundation.contributions.registry import Registry
from foundation.words import Words


@dataclass(frozen=True)
class Move:
    """A deadline that ends on another day when its paper is served on a day.

    ``is_over``: that day has passed already, so it stays: the enterprise was told the later one.
    """

    id: int
    version: int
    what: str
    url: str
    old_on: dt.date
    new_on: dt.date
    is_over: bool = False


@dataclass(frozen=True)
class RunsFromService:
    """What of a form runs from the day of its service: the moves, given actor, paper and day; and moving some of them."""

    moves: Callable[[Any, Any, dt.date], list[Move]]
    move: Callable[[Any, Any, dt.date, Collection[int]], None]


@dataclass(frozen=True)
class Form:
    """A kind of paper. Its number has ``word`` in it: 限 in 东公（开）限字〔2026〕37号.

    ``shipped`` are the templates that came with Anqi, the oldest first; a bureau may publish its own. They never change
    once papers were issued with them. ``correct_url`` returns the page on which a paper is corrected. ``examples`` have a value under every name that a template may use, the usual one first and then the least and the most
    that a paper can say: a template is tried on each.
    """

    code: str
    title: Words
    official_title: (
        str  # as it stands on the paper and in the name of its file, which are Chinese in every language
    )
    word: str  # "" for a listing or receipt that is made anew each time and takes no number
    shipped: tuple[Path, ...]
    examples: tuple[Mapping[str, Any], ...] = field(compare=False)
    correct_url: Callable[[int, Mapping[str, Sequence[int]]], str] | None = (
        None  # for a paper's id and records
    )
    runs: RunsFromService | None = None
    internal: bool = False  # of the police alone: the enterprise neither sees nor gets it
    is_decision: bool = (
        False  # what it says is decided elsewhere, so it is neither corrected nor voided by itself
    )


forms: Registry[Form] = Registry("papers")
register = forms.register
