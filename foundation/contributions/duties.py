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
    there; ``orphans_page`` and ``orphans_query`` lead to their list.
    """

    code: str
    title: Words
    counts: Callable[[int, Collection[int]], Mapping[int, int]]
    behind: Callable[[int, Collection[int]], list[tuple[Words, int]]]
    hand_over: Callable[[Any, int, int, int | None], int]
    orphans: Callable[[Collection[int]], Mapping[int, int]]
    orphans_page: str
    orphans_query: Mapping[str, str]


duties: Registry[Duty] = Registry("duties")
register = duties.register
