"""Open work, declared in an app's ``work.py``: what is due, by when, and the next act.

One statement reads all kinds of open work, whatever their number: each part has the same columns and is filtered before
the union (see :mod:`foundation.database.composing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression, F, Model, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from foundation.contributions.registry import Registry
from foundation.words import Words

MAJOR = gettext_lazy("Major")


@dataclass(frozen=True)
class Row:
    """One record that is due, as the database returns it. ``text`` and ``more`` are the columns that the work names."""

    code: str
    key: int
    enterprise_id: int
    enterprise: str
    street: str
    address: str
    colour: str
    text: str
    more: str
    due_on: dt.date | None
    on: dt.date | None
    grave: bool


@dataclass(frozen=True)
class Offer:
    """An act that somebody may do about a record: its label and page. ``in_place``: a small form, shown in the row."""

    label: Words
    url: str
    in_place: bool = False


@dataclass(frozen=True)
class Next:
    """What somebody may do about a record, the first act first.

    ``state`` says in which state it waits, if the day does not. ``for_another``: its first act is for a colleague.
    """

    offers: tuple[Offer, ...] = ()
    state: Words = ""
    for_another: bool = False


def _text_and_more(row: Row) -> str:
    return f"{row.text} · {row.more}" if row.more else row.text


@dataclass(frozen=True)
class Work:
    """One kind of open work on Today.

    ``rows`` returns the records that are due at all stations; the reader adds stations and officer and leaves out
    voided records. Days in it are parameters (``TODAY``, ``SOON``). ``enterprise`` is the path from the record to its
    enterprise, "" if the record is one: it then opens as the enterprise's file. ``text``, ``more``, ``due``, ``on`` and
    ``grave`` are columns of the rows; of those that are equally urgent the grave ones stand first, marked with
    ``grave_words``. ``noun`` names one of them, by default as its model does; ``words_of`` adds which.
    ``due`` decides how urgent a row is: what is due today or earlier is also counted beside Today in the navigation.
    ``mine`` returns the condition, with ``PERSON``, of rows that are the reader's own; nobody else is shown these rows.
    ``also`` returns the condition, with ``PERSON``, of rows that are the reader's although a colleague looks after the
    enterprise, who is shown them, too: what the reader was named for.
    ``whole_station``: also shown to officers who look only at their own enterprises.
    ``acts`` takes the reader and rows, and returns what this reader may do about each, by id; without it, the act is the
    page ``act_page``.
    """

    code: str
    title: Words
    icon: str
    rank: int  # of kinds that are equally urgent
    rows: Callable[[], QuerySet[Any]]
    list_page: str  # URL name of the list of these records; its filter ``work`` narrows it to this kind
    noun: Words = ""
    page: str = ""  # URL name that opens the record by its id
    enterprise: str = "enterprise"
    text: str | Expression = ""
    more: str | Expression = ""
    due: str | Expression = ""
    on: str = ""
    on_label: Words = ""  # stands before that day
    grave: str = ""
    grave_words: Words = MAJOR
    words_of: Callable[[Row], str] = _text_and_more
    acts: Callable[[Any, Sequence[Row]], Mapping[int, Next]] | None = None
    act: Words = ""
    act_page: str = ""
    act_query: str = ""  # query parameter that names the enterprise; "" if the URL contains the record's id
    act_in_place: bool = False
    whole_station: bool = False
    mine: Callable[[], Q] | None = None
    also: Callable[[], Q] | None = None

    @property
    def name(self) -> str:
        """One of them, in a word or two."""
        return str(self.noun) or capfirst(str(self._model._meta.verbose_name))

    @cached_property
    def _model(self) -> type[Model]:
        return self.rows().model

    @property
    def to_enterprise(self) -> str:
        """The path to the enterprise's id."""
        return f"{self.enterprise}_id" if self.enterprise else "pk"

    def of_enterprise(self, field: str) -> F:
        """Return a column of the enterprise."""
        return F(f"{self.enterprise}__{field}" if self.enterprise else field)


works: Registry[Work] = Registry("work")
register = works.register
