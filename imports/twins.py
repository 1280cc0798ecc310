"""Enterprises that may be one: with one name, or with a like name at a like address.

Every row of a file is held against a whole register, so only enterprises that share half a name and the numbers of their
address are compared letter by letter.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from foundation.identifiers import folded
from foundation.normalising import nfkc

SHORTEST = 3  # letters of a name of which one may differ: of two, one is no typing mistake
MOST_COMPARED = (
    20  # of those that share a name, or half of it and the numbers: a sheet of namesakes must not take hours
)
LIKE = 0.8  # how like the words of two addresses must be
_SIGNS = re.compile(r"[\W_]+")
_FORMS = (
    ("有限责任公司", "有限公司"),
    ("股份有限公司", "有限公司"),
    ("companylimited", "coltd"),
    ("coltd", "ltd"),
    ("limited", "ltd"),
)
_DIGITS = re.compile(r"\d+")
_HOW_MANY = re.compile(r"[号號室楼层栋幢座]+")


class Known(NamedTuple):
    """An enterprise of the register, or of an earlier row (``row``)."""

    pk: int
    row: int
    name: str
    address: str
    code: str


class Found(NamedTuple):
    """An enterprise that may be the one of a row. ``is_same_name``: but for case, width and blanks."""

    known: Known
    is_same_name: bool
    is_like_place: bool


@lru_cache(maxsize=4_096)
def plain_name(name: str) -> str:
    """Return a name without signs, and with one word for each legal form."""
    text = _SIGNS.sub("", nfkc(name).casefold())
    for form, short in _FORMS:
        text = text.replace(form, short)
    return text


def one_apart(one: str, other: str) -> bool:
    """Return whether one letter was changed, left out, added, or swapped with the next one."""
    one, other = sorted((one, other), key=len)
    if len(other) < SHORTEST or len(other) - len(one) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = other[:start] + other[start : start + 2][::-1] + other[start + 2 :]
    return one[start + 1 :] == other[start + 1 :] or one == swapped


def is_like_name(one: str, other: str) -> bool:
    """Return whether two plain names differ in one letter at most. Numbers in them are no letters: 3号店 is not 5号店."""
    return one == other or (one_apart(one, other) and _DIGITS.findall(one) == _DIGITS.findall(other))


def is_like_address(one: str, other: str) -> bool:
    """Return whether two addresses are written alike and have the same numbers. None is like an empty one."""
    one, other = _plain_address(one), _plain_address(other)
    if not one or not other or _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    if one.endswith(other) or other.endswith(one):
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= LIKE


@lru_cache(maxsize=4_096)
def _plain_address(text: str) -> str:
    return _HOW_MANY.sub(" ", _SIGNS.sub(" ", nfkc(text).casefold())).replace("  ", " ").strip()


class Twins:
    """The enterprises of a station, found by what they are called and where they are."""

    def __init__(self, register: Iterable[Known]) -> None:
        self._all: list[Known] = []
        self._named: dict[int, list[int]] = {}
        self._halves: dict[int, list[int]] = {}
        for each in register:
            self.add(each)

    def add(self, known: Known) -> None:
        """Add an enterprise, of the register or of a row that is new."""
        place, name = len(self._all), plain_name(known.name)
        self._all.append(known)
        self._named.setdefault(hash(name), []).append(place)
        if known.address:
            for key in _keys(name, known.address, (len(name),)):
                self._halves.setdefault(key, []).append(place)

    def find(self, name: str, address: str) -> list[Found]:
        """Return the enterprises that may be this one, the likeliest first."""
        plain = plain_name(name)
        places = dict.fromkeys(self._named.get(hash(plain), ())[:MOST_COMPARED])
        if address:
            around = (len(plain) - 1, len(plain), len(plain) + 1)
            for key in _keys(plain, address, around):
                places |= dict.fromkeys(self._halves.get(key, ())[:MOST_COMPARED])
        found = []
        for place in places:
            each = self._all[place]
            if not is_like_name(plain, plain_name(each.name)):
                continue
            is_same = folded(each.name) == folded(name)
            is_like = is_like_address(each.address, address)
            if is_same or is_like or (not (each.address and address) and plain == plain_name(each.name)):
                found.append(Found(each, is_same, is_like))
        return sorted(found, key=lambda each: (not each.is_like_place, not each.is_same_name))


def _keys(name: str, address: str, lengths: Iterable[int]) -> Iterator[int]:
    """Return what two enterprises with one letter between them share: one half of the name, with the address's numbers.

    ``lengths``: of the names to be found, whose halves these are.
    """
    numbers = tuple(_DIGITS.findall(_plain_address(address)))
    for half in {(length - 1) // 2 for length in lengths}:
        yield hash((numbers, "begins", name[:half]))
        yield hash((numbers, "ends", name[-half:] if half else ""))
