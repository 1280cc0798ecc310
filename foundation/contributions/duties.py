"""What stands in a person's name, declared in an app's ``duties.py``: it needs a successor when the person leaves.

The accounts ask before they take a role away; they know neither enterprises nor liaison officers.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contributions.registry import Registry
from foundation.words import Words


@dataclass(frozen=True)
class Duty:
    """One kind of work that names a person at a police station.

    All callables run in a scope that contains the stations. ``counts`` returns, for a person and stations, how many
    they have at each. ``behind`` returns the open work that follows whoever takes over, as label and number.
    ``hand_over`` (actor, person, station, successor or None) gives all of it to a successor, or leaves it to nobody,
    and returns how many changed. ``orphans`` returns, for stations, how many still name each person who no longer works
    there; ``orphans_page`` and ``orphans_query`` lead to their list. ``enterprises`` (person, station) returns the ids of the
    enterprises that handing over locks; those of all duties are locked together before any is handed over (``lock_all``).
    """

    code: str
    title: Words
    counts: Callable[[int, Collection[int]], Mapping[int, int]]
    behind: Callable[[int, Collection[int]], list[tuple[Words, int]]]
    hand_over: Callable[[Any, int, int, int | None], int]
    orphans: Callable[[Collection[int]], Mapping[int, int]]
    orphans_page: str
    orphans_query: Mapping[str, str]
    enterprises: Callable[[int, int], Collection[int]] = lambda _person, _station: ()


duties: Registry[Duty] = Registry("duties")
register = duties.register
_lockers: list[Callable[[Collection[int]], None]] = []


def locks_enterprises(lock: Callable[[Collection[int]], None]) -> None:
    """Declare how enterprises are locked in the one order that everybody keeps."""
    _lockers[:] = [lock]


def lock_all(held: Collection[Duty], user_id: int, station_id: int) -> None:
    """Lock the enterprises of all duties of a person at a station at once, so that two hand-overs do not wait for each other."""
    ids = {id for duty in held for id in duty.enterprises(user_id, station_id)}
    for lock in _lockers:
        lock(ids)
