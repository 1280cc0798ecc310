"""Entries of the navigation, declared in an app's ``navigation.py``."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from foundation.contributions.registry import Registry
from foundation.words import Words


class Menu(StrEnum):
    """The menus: one for each kind of organisation."""

    POLICE = "police"
    PORTAL = "portal"
    DEPARTMENT = "department"
    OPERATOR = "operator"


class Section(TextChoices):
    """Headings of a menu, in order. A section without visible entries is not shown."""

    FIRST = "first", ""
    CASEWORK = "casework", _("Casework")
    RATING = "rating", _("Rating")
    RECORDS = "records", _("Administration")
    TOP = "top", ""  # not in the menu: an icon with a figure in the head of each page
    OWN = "own", ""  # not in the menu: a line of the sheet under the person's name


@dataclass(frozen=True)
class Place:
    """The place of an entry: its menu, the section there, and its rank in the section (lower comes first)."""

    menu: Menu
    section: Section = Section.FIRST
    rank: int = 50


@dataclass(frozen=True)
class Entry:
    """One link of the navigation.

    ``url`` is a URL name without arguments; whoever may open that page sees the entry. ``active`` are prefixes of the
    URL names for which the entry is highlighted, by default ``url``; other apps add pages through its ``topic``
    (:class:`Highlight`). ``key`` is the letter after ``g`` on the keyboard, ``badge`` returns the figure beside the
    entry.
    """

    label: Words
    icon: str
    url: str
    places: tuple[Place, ...]
    active: tuple[str, ...] = ()
    topic: str = ""
    key: str = ""
    badge: Callable[[Any], int] | None = None

    @property
    def code(self) -> str:
        return f"{self.url} {' '.join(place.menu for place in self.places)}"

    def is_active_on(self, url_name: str) -> bool:
        """Return whether the entry is highlighted on the page with this URL name."""
        beginnings = self.active or (self.url,)
        return url_name.startswith(
            beginnings + tuple(each.pages for each in highlights if each.topic == self.topic)
        )


@dataclass(frozen=True)
class Highlight:
    """Pages that highlight another app's entry: the prefix of their URL names, and the topic of the entry."""

    pages: str
    topic: str

    @property
    def code(self) -> str:
        return self.pages


entries: Registry[Entry] = Registry("navigation")
highlights: Registry[Highlight] = Registry("navigation")


def register(*items: Entry | Highlight) -> None:
    """Add what an app contributes to the navigation."""
    for item in items:
        if isinstance(item, Entry):
            entries.register(item)
        else:
            highlights.register(item)


BESIDE = (Section.TOP, Section.OWN)


def beside(which: Menu, section: Section) -> list[Entry]:
    """Return the entries of a section beside the menu, in order."""
    return [entry for _index, _rank, entry, of in _placed(which) if of == section]


def menu(which: Menu) -> list[tuple[Words, list[Entry]]]:
    """Return the sections of a menu with their entries, in order."""
    found: dict[Section, list[Entry]] = {}
    for _index, _rank, entry, section in _placed(which):
        if section not in BESIDE:
            found.setdefault(section, []).append(entry)
    return [(section.label, of_section) for section, of_section in found.items()]


def _placed(which: Menu) -> list[tuple[int, int, Entry, Section]]:
    placed = [
        (list(Section).index(place.section), place.rank, entry, place.section)
        for entry in entries
        for place in entry.places
        if place.menu == which
    ]
    placed.sort(key=lambda each: each[:2])
    return placed
