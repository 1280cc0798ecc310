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
    """Whose navigation: one for each kind of organisation."""

    POLICE = "police"
    PORTAL = "portal"
    DEPARTMENT = "department"
    OPERATOR = "operator"


class Section(TextChoices):
    """Headings of a menu, in the order in which they stand. One without visible entries is not shown."""

    FIRST = "first", ""
    CASEWORK = "casework", _("Casework")
    RATING = "rating", _("Rating")
    RECORDS = "records", _("Records")


@dataclass(frozen=True)
class Place:
    """Where an entry stands: its menu, the section there, and its rank in the section (lower stands higher)."""

    menu: Menu
    section: Section = Section.FIRST
    rank: int = 50


@dataclass(frozen=True)
class Entry:
    """One link of the navigation.

    ``url`` is a url name without arguments; who may open that page sees the entry. ``active`` are beginnings of the
    url names that light it up, by itself ``url``; pages of other apps say so by the entry's ``topic`` (:class:`Highlight`).
    ``key`` is the letter after ``g`` on the keyboard, ``badge`` gives the figure beside the entry.
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
        """Return whether the entry stands for the page with this url name."""
        beginnings = self.active or (self.url,)
        return url_name.startswith(
            beginnings + tuple(lit.pages for lit in highlights if lit.topic == self.topic)
        )


@dataclass(frozen=True)
class Highlight:
    """Pages that light up another app's entry: the beginning of their url names, and the topic of the entry."""

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


def menu(which: Menu) -> list[tuple[Words, list[Entry]]]:
    """Return the sections of a menu with their entries, in order."""
    placed = [
        (list(Section).index(place.section), place.rank, entry, place.section)
        for entry in entries
        for place in entry.places
        if place.menu == which
    ]
    placed.sort(key=lambda each: each[:2])
    found: dict[Section, list[Entry]] = {}
    for _index, _rank, entry, section in placed:
        found.setdefault(section, []).append(entry)
    return [(section.label, of_section) for section, of_section in found.items()]
