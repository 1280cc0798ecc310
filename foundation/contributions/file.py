"""The enterprise file, declared in an app's ``file.py``: tabs and what stands on them, figures, the line of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.contributions.registry import Registry
from foundation.words import Words

if TYPE_CHECKING:
    from foundation.requests import Request


@dataclass(frozen=True)
class Tab:
    """A tab of the file. ``count`` is the code of a figure shown beside its word; ``halves``: panels stand abreast."""

    code: str
    label: Words
    icon: str
    rank: int
    count: str = ""
    halves: bool = False


@dataclass(frozen=True)
class Panel:
    """One part of a tab: what it loads and the partial template that shows it.

    ``load`` takes the request, the enterprise and what the page knows already (``figures``, ``history`` ...) and
    returns the template's context; None leaves the panel out. ``aside``: in the narrow column of the overview.
    """

    code: str
    tab: str
    rank: int
    template: str
    load: Callable[[Request, Any, dict[str, Any]], dict[str, Any] | None]
    aside: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure of one enterprise: an expression over it (``OuterRef("pk")``), days as ``TODAY``.

    All figures are read in one statement. With ``label`` it stands under "At a glance"; ``least`` is how many are
    expected there.
    """

    code: str
    expression: Callable[[], Any]
    label: Words = ""
    rank: int = 50
    least: int = 0


@dataclass(frozen=True)
class Recording:
    """Something that can be recorded about the enterprise: a url name that takes ``?enterprise=``."""

    url: str
    label: Words
    icon: str
    rank: int

    @property
    def code(self) -> str:
        return self.url


@dataclass(frozen=True)
class RegisterAct:
    """An act on the entry itself: a url name that takes the enterprise's id."""

    url: str
    label: Words
    icon: str
    rank: int

    @property
    def code(self) -> str:
        return self.url


class Strand(TextChoices):
    """What the line of time can be narrowed to."""

    INSPECTIONS = "inspections", _("Inspections and hazards")
    CASES = "cases", _("Disputes and incidents")
    OWN = "own", _("The enterprise's own work")
    REGISTER = "register", _("Ratings and register")


def _plain(name: str, text: str) -> tuple[Words, str]:
    return name, text


@dataclass(frozen=True)
class Mark:
    """One kind of event on the line of time.

    ``rows`` gives the records of everybody; ``day`` dates them; ``name`` and ``text`` are columns that ``words``
    makes a title and a quiet line of. ``code`` takes part in the order of one day's events, so it never changes.
    ``tone`` is a hue, or "name" where the column ``name`` is one.
    """

    code: str
    strand: Strand
    icon: str
    rows: Callable[[], QuerySet[Any]]
    day: str
    words: Callable[[str, str], tuple[Words, str]] = _plain
    name: str = ""
    text: str = ""
    page: str = ""
    tone: str = ""


tabs: Registry[Tab] = Registry("file")
panels: Registry[Panel] = Registry("file")
figures: Registry[Figure] = Registry("file")
recordings: Registry[Recording] = Registry("file")
register_acts: Registry[RegisterAct] = Registry("file")
marks: Registry[Mark] = Registry("file")

_REGISTRIES: tuple[tuple[type, Registry[Any]], ...] = (
    (Tab, tabs),
    (Panel, panels),
    (Figure, figures),
    (Recording, recordings),
    (RegisterAct, register_acts),
    (Mark, marks),
)


def register(*items: Tab | Panel | Figure | Recording | RegisterAct | Mark) -> None:
    """Add what an app contributes to the file."""
    for item in items:
        next(registry for kind, registry in _REGISTRIES if isinstance(item, kind)).register(item)


_page: list[str] = []  # the url names of the file and of one of its tabs


def opens_at(file: str, tab: str) -> None:
    """Say which pages show the file: url names that take an enterprise's id, and its id and the code of a tab."""
    _page[:] = [file, tab]


def address_of(enterprise_id: int, tab: str = "") -> str:
    """Return the address of an enterprise's file, or of one of its tabs."""
    return reverse(_page[1], args=[enterprise_id, tab]) if tab else reverse(_page[0], args=[enterprise_id])


def word_of(choices: type[TextChoices], code: str) -> str:
    """Return the label of a choice, the code itself where it is none."""
    return str(dict(choices.choices).get(code, code))
