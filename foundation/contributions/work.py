"""Open work, declared in an app's ``work.py``: what waits for somebody, by when, and the next act.

All kinds of open work are read in one statement, whatever their number: each part has the same columns and is
filtered before the union (see :mod:`foundation.database.composing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression, F, QuerySet

from foundation.contributions.registry import Registry
from foundation.words import Words


@dataclass(frozen=True)
class Row:
    """One thing that waits, as the database gives it. ``text`` and ``more`` are what the work's columns name."""

    code: str
    key: int
    enterprise_id: int
    enterprise: str
    colour: str
    text: str
    more: str
    due_on: dt.date | None
    on: dt.date | None
    grave: bool
    total: int


def _text_and_more(row: Row) -> str:
    return f"{row.text} · {row.more}" if row.more else row.text


def _enterprise(row: Row) -> str:
    return row.enterprise


@dataclass(frozen=True)
class Work:
    """One section of Today.

    ``rows`` gives the records that wait, of everybody: whoever reads them adds the stations and whose they are, and
    leaves out voided ones. Days in it are parameters (``TODAY``, ``SOON``). ``enterprise`` is the path from the record
    to its enterprise, "" where the record is one: then it opens as the enterprise's file. ``text``, ``more``, ``due``,
    ``on`` and ``grave`` are columns of the rows; ``order`` says what is most urgent. ``urgent`` gives those counted
    beside Today in the navigation. ``whole_station``: also shown to those who look at their own enterprises only.
    """

    code: str
    title: Words
    icon: str
    rank: int
    rows: Callable[[], QuerySet[Any]]
    order: tuple[Any, ...]
    act: Words
    act_page: str
    page: str = ""  # opens the record by its id
    enterprise: str = "enterprise"
    text: str | Expression = ""
    more: str | Expression = ""
    due: str | Expression = ""
    on: str = ""
    grave: str = ""
    tone: str = ""  # "red" cannot wait
    title_of: Callable[[Row], str] = _text_and_more
    line_of: Callable[[Row], str] = _enterprise
    act_query: str = (
        ""  # the query parameter that names the enterprise; "" where the address names the record
    )
    act_is_dialog: bool = False
    list_page: str = ""
    list_query: tuple[tuple[str, str], ...] = ()
    urgent: Callable[[], QuerySet[Any]] | None = None
    whole_station: bool = False
    is_figure: bool = True  # stands among the figures at the head of the page

    @property
    def to_enterprise(self) -> str:
        """The path to the enterprise's id."""
        return f"{self.enterprise}_id" if self.enterprise else "pk"

    def of_enterprise(self, field: str) -> F:
        """Return a column of the enterprise."""
        return F(f"{self.enterprise}__{field}" if self.enterprise else field)


works: Registry[Work] = Registry("work")
register = works.register
