"""The lot itself: a pool as bytes, its digest, and what a seed draws from it. Nothing here knows a database or a clock.

Whoever has pool and seed draws the same anywhere, with a few lines of Python and without this program::

    from hashlib import sha256

    def ticket(text):
        return sha256(f"{seed}:{text}".encode()).hexdigest()

    drawn = sorted(pool, key=ticket)[:take]

Ids are decimal numbers. A seed is 64 hexadecimal digits of the operating system, so nobody can choose who is drawn; the
order of the pool, and what the ids look like, make no difference, because SHA-256 spreads them evenly.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any


def as_bytes(content: Mapping[str, Any]) -> bytes:
    """Return content as the bytes whose digest is logged: JSON with sorted keys, without blanks, in UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of content as 64 hexadecimal digits."""
    return hashlib.sha256(as_bytes(content)).hexdigest()


def ticket(seed: str, text: object) -> str:
    """Return the lot of one id: the SHA-256 of ``seed:id``. The smallest ones are drawn."""
    return hashlib.sha256(f"{seed}:{text}".encode()).hexdigest()


def draw(seed: str, pool: Collection[int], take: int) -> list[int]:
    """Return ``take`` of the pool, in the order in which they were drawn.

    Raise ValueError without a seed, if an id stands there twice, or if the pool is too small.
    """
    if not seed:
        raise ValueError("there is no seed")
    if len(set(pool)) != len(pool):
        raise ValueError("an id stands in the pool twice")
    if not 0 <= take <= len(pool):
        raise ValueError(f"cannot draw {take} of {len(pool)}")
    return sorted(pool, key=lambda each: ticket(seed, each))[:take]


def assign(
    seed: str,
    drawn: Sequence[int],
    people: Collection[int],
    per: int,
    barred: Iterable[tuple[int, int]] = (),
) -> dict[int, list[int]]:
    """Return for each drawn id the ``per`` people who are drawn for it, in turn, so that nobody has two more than another.

    ``barred`` are pairs of a person and an id that must not meet. For each id the people with the fewest so far come
    first, among them by the ticket of ``id:person``. Bars may upset the balance. Raise ValueError if too few people are
    left for an id.
    """
    apart, load = set(barred), dict.fromkeys(people, 0)
    found: dict[int, list[int]] = {}
    for each in drawn:
        free = [person for person in load if (person, each) not in apart]
        if len(free) < per:
            raise ValueError(f"only {len(free)} people are left for {each}")
        free.sort(key=lambda person: (load[person], ticket(seed, f"{each}:{person}")))
        found[each] = free[:per]
        for person in found[each]:
            load[person] += 1
    return found
