"""What the one search finds, declared in an app's ``search.py``.

One statement reads the first hits of every kind and counts the others (``desk/search.py``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Expression, QuerySet

from foundation.contributions.registry import Registry
from foundation.words import Words

if TYPE_CHECKING:
    from foundation.accounts.actors import Actor


@dataclass(frozen=True)
class Hit:
    """How a record reads among the hits: a title, a quiet line of several parts, and what stands at the right.

    ``names`` are those of these texts that are also found by their pinyin, ``people`` those that name a person.
    """

    title: Words
    line: tuple[Words, ...] = ()
    names: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    colour: str = ""
    state: Words = ""
    tone: str = ""
    on: dt.date | None = None
    due: dt.date | None = None


@dataclass(frozen=True)
class Found:
    """A record that was found: by whom, by which text, and the columns that its kind names."""

    actor: Actor
    text: str
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True)
class Findable:
    """One kind of record.

    ``rows`` takes the actor and a text, and returns those records the actor may see in which every word of it occurs;
    an empty text leaves out none. ``values`` are the columns that ``hit`` gets, as JSON has them. The first
    hits come in ``order``, the newest first. ``list_page`` is the list whose search field ``q``, with ``list_query``,
    shows exactly the records that are counted; "" if there is none.
    """

    code: str
    title: Words
    icon: str
    rank: int
    permission: str
    rows: Callable[[Actor, str], QuerySet[Any]]
    values: Mapping[str, str | Expression]
    hit: Callable[[Found], Hit]
    page: str  # URL name that opens the record by its id
    order: tuple[Any, ...] = ("-pk",)
    list_page: str = ""
    list_query: Mapping[str, str] = field(default_factory=dict)
    is_noted: bool = True  # whether its page counts as opened last; False if another kind has the same page
    whole: Callable[[], QuerySet[Any]] | None = (
        None  # rows with what ``values`` names; None: that depends on the actor
    )
    by_words: bool = True  # whether the conditions are those of foundation/searching.py, and nothing else of the text matters
    # whether a text can find anything of this kind at all, which spares the others the work; None: every text can. Such a
    # kind is never by_words
    asks: Callable[[str], bool] | None = None
    for_police: bool = True  # False: the police would find too many that are all alike


findables: Registry[Findable] = Registry("search")
register = findables.register
