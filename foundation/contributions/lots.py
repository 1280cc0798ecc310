"""What is drawn by lot, declared in an app's ``lots.py``: of what pool, by whom, and what becomes of those drawn."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from foundation.contributions.registry import Registry
from foundation.words import Words


class Entry(NamedTuple):
    """One member of a pool: its id, and what it is called now."""

    id: int
    name: str


class Pool(NamedTuple):
    """What may be drawn, and the people who may be drawn for it, each sorted by id."""

    entries: Sequence[Entry]
    people: Sequence[Entry] = ()


class Waiting(NamedTuple):
    """Something about one that was drawn and waits for the reader: what, where, by when."""

    words: Words
    url: str
    due_on: dt.date | None


class Step(NamedTuple):
    """What a reader can do next about one that was drawn, and where; without ``is_act`` only where to look."""

    words: Words
    url: str
    is_act: bool = False


def _nothing(actor: Any, draw: Any) -> Mapping[int, Any]:
    return {}


def _anything(actor: Any, criteria: Any, terms: Any) -> None:
    return None


@dataclass(frozen=True)
class LotKind:
    """One kind of draw.

    ``check`` takes the actor, the filter and the terms; it raises ValidationError by field for what no form of this kind
    sends. ``permission`` is held by those who draw, and who approve that a colleague draws again; ``view`` by those who see the
    draws. ``pool`` takes the actor, the filter as stored, and the id of the draw that is made again (those who wait
    because of it are in the pool). ``words`` takes the filter, and returns label and value of each part; ``terms_words``
    the same of the terms. ``drawn`` is called in the transaction of the draw, with the actor and the draw, ``dropped``
    with a draw that another one replaces. ``notes`` returns what became of each drawn one, in words, by id; ``steps``
    what the actor can do next about each; ``waiting`` what of them waits for an actor. ``open_to_station``: the station also sees what its bureau drew there. ``per``: how
    many people are drawn for each, 0 for none. ``new_page`` names the URL of the form, ``entry_page`` that of a member.
    """

    code: str
    title: Words
    icon: str
    permission: str
    view: str
    new_page: str
    entry_page: str
    new_label: Words
    pool: Callable[[Any, Mapping[str, Any], int | None], Pool]
    words: Callable[[Mapping[str, Any]], Sequence[tuple[Words, str]]]
    terms_words: Callable[[Mapping[str, Any]], Sequence[tuple[Words, str]]]
    drawn: Callable[[Any, Any], None]
    dropped: Callable[[Any, Any], None]
    notes: Callable[[Any, Any], Mapping[int, Any]] = _nothing
    steps: Callable[[Any, Any], Mapping[int, Step]] = _nothing
    waiting: Callable[[Any], Sequence[Waiting]] = lambda actor: ()
    open_to_station: bool = False
    per: int = 0
    check: Callable[[Any, Mapping[str, Any], Mapping[str, Any]], None] = _anything


lot_kinds: Registry[LotKind] = Registry("lots")
register = lot_kinds.register
