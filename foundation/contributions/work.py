"""Open work, declared in an app's ``work.py``: what is due, by when, and the next act.

One statement reads all kinds of open work, whatever their number: each part has the same columns and is filtered before
the union (see :mod:`foundation.database.composing`).
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
    """One record that is due, as the database returns it. ``text`` and ``more`` are the columns that the work names."""

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

    ``rows`` returns the records that are due at all stations; the reader adds stations and officer and leaves out
    voided records. Days in it are parameters (``TODAY``, ``SOON``). ``enterprise`` is the path from the record to its
    enterprise, "" if the record is one: it then opens as the enterprise's file. ``text``, ``more``, ``due``, ``on`` and
    ``grave`` are columns of the rows; ``order`` puts the most urgent first. ``urgent`` returns those counted beside
    Today in the navigation. ``whole_station``: also shown to officers who look only at their own enterprises.
    ``for_another`` takes the reader and a record: whether its act is for somebody else to do.
    """

    code: str
    title: Words
    icon: str
    rank: int
    rows: Callable[[], QuerySet[Any]]
    order: tuple[Any, ...]
    act: Words
    act_page: str
    list_page: str  # URL name of the list of these records; its filter ``work`` narrows it to this section
    page: str = ""  # URL name that opens the record by its id
    enterprise: str = "enterprise"
    text: str | Expression = ""
    more: str | Expression = ""
    due: str | Expression = ""
    on: str = ""
    on_label: Words = ""  # stands before that day
    grave: str = ""
    tone: str = ""  # "red": cannot wait
    title_of: Callable[[Row], str] = _text_and_more
    line_of: Callable[[Row], str] = _enterprise
    act_query: str = ""  # query parameter that names the enterprise; "" if the URL contains the record's id
    act_is_dialog: bool = False
    for_another: Callable[[Any, Any], bool] | None = None
    urgent: Callable[[], QuerySet[Any]] | None = None
    whole_station: bool = False
    is_figure: bool = True  # shown among the figures at the top of the page

    @property
    def to_enterprise(self) -> str:
        """The path to the enterprise's id."""
        return f"{self.enterprise}_id" if self.enterprise else "pk"

    def of_enterprise(self, field: str) -> F:
        """Return a column of the enterprise."""
        return F(f"{self.enterprise}__{field}" if self.enterprise else field)


works: Registry[Work] = Registry("work")
register = works.register
