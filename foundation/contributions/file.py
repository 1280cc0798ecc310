"""Contributions to the enterprise file, declared in an app's ``file.py``: tabs, panels, figures, acts, events."""

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
    """A tab of the file. ``count``: code of the figure beside its label. ``halves``: its panels stand side by side."""

    code: str
    label: Words
    icon: str
    rank: int
    count: str = ""
    halves: bool = False


@dataclass(frozen=True)
class Panel:
    """One part of a tab: the data it loads and the partial template that shows it.

    ``load`` takes the request, the enterprise and what the page already knows (``figures``, ``history`` ...) and
    returns the template's context, or None to leave the panel out. ``aside``: in the narrow column of the overview.
    """

    code: str
    tab: str
    rank: int
    template: str
    load: Callable[[Request, Any, dict[str, Any]], dict[str, Any] | None]
    aside: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure of one enterprise: an expression over it (``OuterRef("pk")``), with days as ``TODAY``.

    All figures are read in one query. With ``label`` it is shown under "At a glance"; ``least`` is the number expected
    there.
    """

    code: str
    expression: Callable[[], Any]
    label: Words = ""
    rank: int = 50
    least: int = 0


@dataclass(frozen=True)
class Recording:
    """A kind of record that can be added about the enterprise. ``url``: a URL name that takes ``?enterprise=``."""

    url: str
    label: Words
    icon: str
    rank: int

    @property
    def code(self) -> str:
        return self.url


@dataclass(frozen=True)
class RegisterAct:
    """An act on the enterprise's entry in the register. ``url``: a URL name that takes the enterprise's id."""

    url: str
    label: Words
    icon: str
    rank: int

    @property
    def code(self) -> str:
        return self.url


class Strand(TextChoices):
    """The filters of the timeline."""

    INSPECTIONS = "inspections", _("Inspections and hazards")
    CASES = "cases", _("Disputes and incidents")
    OWN = "own", _("The enterprise's own work")
    REGISTER = "register", _("Ratings and register")


def _plain(name: str, text: str) -> tuple[Words, str]:
    return name, text


@dataclass(frozen=True)
class Mark:
    """One kind of event on the timeline.

    ``rows`` returns the records of all enterprises, ``day`` is the field that dates them. ``words`` makes a title and a
    quiet line of the columns ``name`` and ``text``. ``code`` takes part in the order of events on one day, so it must
    never change. ``tone`` is a hue, or "name" if the column ``name`` holds one. ``recorded`` is the field with the moment
    of recording, by which events of one day are ordered; ``changed_at`` for the end of a record, which is never shown.
    ``enterprise`` is the column with the id of the enterprise on whose timeline it is.
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
    recorded: str = "recorded_at"
    enterprise: str = "enterprise_id"


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


_page: list[str] = []  # the URL names of the file and of one of its tabs


def opens_at(file: str, tab: str) -> None:
    """Set the URL names of the file: one that takes an enterprise's id, and one that also takes the code of a tab."""
    _page[:] = [file, tab]


def address_of(enterprise_id: int, tab: str = "") -> str:
    """Return the URL of an enterprise's file, or of one of its tabs."""
    return reverse(_page[1], args=[enterprise_id, tab]) if tab else reverse(_page[0], args=[enterprise_id])


def word_of(choices: type[TextChoices], code: str) -> str:
    """Return the label of a choice, or the code itself if it is not a choice."""
    return str(dict(choices.choices).get(code, code))
