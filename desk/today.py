"""Today: one list of all open work of a station, the most urgent first, each with its next act; the same on paper."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from desk.access import Permission
from desk.open_work import (
    BANDS,
    CODES,
    STREET,
    URGENT,
    Choice,
    Item,
    OpenWork,
    default_whose,
    open_work,
)
from enterprises.open_work import MINE, STATION
from enterprises.selectors import list_stations
from foundation.accounts.access import allows
from foundation.accounts.selectors import open_password_requests
from foundation.contributions.work import Work, works
from foundation.ui import links
from foundation.ui.views import Crumb, Page, WithResults
from foundation.words import Words

SHOWN = 50  # rows of a page
PRINTED = 150  # rows on paper: more than a station does in a day
MOST_DIGITS = 6  # of the number of a page
_NUMBERS = re.compile(r"([0-9]+)")


@dataclass
class Section:
    """The open work of one kind. ``total`` counts all of it, ``items`` are those on this page."""

    work: Work
    whose: str
    total: int = 0
    items: list[Item] = field(default_factory=list)
    stations: Collection[int] = ()  # named in the address of the list, if the reader has others too

    @property
    def code(self) -> str:
        return self.work.code

    @property
    def title(self) -> Words:
        return self.work.title

    @property
    def all_url(self) -> str:
        """The list of exactly the records that ``total`` counts."""
        narrowing: dict[str, Any] = {}
        if self.whose == MINE and not (self.work.whole_station or self.work.mine):
            narrowing["whose"] = MINE
        for station in self.stations:
            narrowing["station"] = station
        return links.to(self.work.list_page, work=self.work.code, **narrowing)


@dataclass
class Group:
    """Neighbouring rows of the list under one heading. ``total`` counts all of the group, also those on other pages."""

    code: str
    title: Words
    total: int
    items: list[Item]
    url: str = ""  # this group alone, if it does not fit on the page


class OpenWorkPage(Page):
    """What the pages of open work have in common: whose it is, and which part of it the URL asks for."""

    permission = Permission.VIEW_TODAY
    stations: Collection[int] | None = None

    @property
    def default_whose(self) -> str:
        return default_whose(self.actor)

    @cached_property
    def whose(self) -> str:
        return self.one_of("whose", (MINE, STATION), self.default_whose)

    @cached_property
    def when(self) -> str:
        return self.one_of("when", CODES)

    @property
    def street(self) -> str | None:
        return self.given("street").replace("\x00", "") if "street" in self.request.GET else None

    def sections(self, found: OpenWork) -> list[Section]:
        """Return the kinds of which there is anything, each with its list."""
        of_kind = {work.code: [item for item in found.items if item.work is work] for work in works}
        return [
            Section(work, self.whose, number, of_kind[work.code], self.stations or ())
            for work in sorted(works, key=lambda each: each.rank)
            if (number := found.of_kind(work.code))
        ]


class Today(WithResults, OpenWorkPage, TemplateView):
    """Open work in one list.

    ``?whose=`` switches between the officer's own enterprises and the whole station's, ``?by=street`` groups by street;
    ``?when=`` and ``?street=`` leave one group of it.
    """

    template_name = "desk/today.html"
    title = gettext_lazy("Today")

    @cached_property
    def by(self) -> str:
        return self.one_of("by", (STREET,))

    @cached_property
    def number(self) -> int:
        """The page of the list; the first for what is no number."""
        asked = self.request.GET.get("page", "")
        is_number = asked.isascii() and asked.isdecimal() and len(asked) < MOST_DIGITS
        return max(int(asked), 1) if is_number else 1

    def address(self, **changes: Any) -> str:
        """Return the URL of this list with other choices; None takes one away. It begins on the first page."""
        query = self.request.GET.copy()
        query.pop("page", None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def get_paper_url(self) -> str:
        return f"{reverse('desk:today_paper')}?{self.request.GET.urlencode()}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        first = (self.number - 1) * SHOWN
        choice = Choice(
            self.whose,
            SHOWN,
            by=self.by,
            when=self.when,
            street=self.street,
            first=first,
            stations=self.stations,
        )
        found = open_work(self.actor, choice)
        if first and not found.items:  # the last row of the last page is done
            first, self.number = 0, 1
            found = open_work(self.actor, replace(choice, first=0))
        back = self.request.get_full_path()
        for item in found.items:
            item.back = back
        urgent = found.of_band(URGENT)
        is_badge = self.whose == self.default_whose and self.stations is None
        if is_badge:
            self.request.badges = {"desk:today": urgent}  # head and badge are the same figure, counted now
        until, number = first + len(found.items), self.number
        return super().get_context_data(
            has_calendar=allows(self.actor, Permission.VIEW_TODAY),
            whose=self.whose,
            by=self.by,
            is_part=bool(self.when) or self.street is not None,
            today=timezone.localdate(),
            sections=self.sections(found),
            groups=list(self.groups(found)),
            total=found.total,
            chosen=found.chosen,
            urgent=urgent,
            is_badge=is_badge,
            shown_range=f"{first + 1}–{until}",
            previous_url=self.address(page=number - 1) if number > 1 else "",
            next_url=self.address(page=number + 1) if until < found.chosen else "",
            mine_url=self.address(whose=MINE, street=None),
            station_url=self.address(whose=STATION, street=None),
            by_day_url=self.address(by=None),
            by_street_url=self.address(by=STREET),
            everything_url=self.address(when=None, street=None),
            this_url=back,
            paper_url=self.get_paper_url(),
            password_requests=()
            if self.is_fragment or self.stations is not None
            else open_password_requests(self.actor),
            **context,
        )

    def groups(self, found: OpenWork) -> Iterable[Group]:
        """Yield the rows of the page by urgency or by street."""
        pairs = list(zip(found.items, found.in_group, strict=True))
        for code, rows in groupby(pairs, key=lambda pair: group_of(pair[0], self.by)):
            items, sizes = zip(*rows, strict=True)
            here = {STREET: code} if self.by else {"when": code}
            group = Group(code, title_of(code, self.by), sizes[0], list(items))
            if group.total > len(items) and code != (self.street if self.by else self.when):
                group.url = self.address(**here)
            yield group


class StationToday(Today):
    """The open work of one station, for the bureau above it."""

    permission = Permission.VIEW_BUREAU_FIGURES

    @property
    def default_whose(self) -> str:
        return STATION

    @cached_property
    def whose(self) -> str:
        return STATION

    @cached_property
    def station(self) -> Any:
        """The station in the URL. A 404 for one of another bureau."""
        found = {each.pk: each for each in list_stations(self.actor)}
        if self.kwargs["station_id"] not in found:
            raise Http404("there is no such station")
        return found[self.kwargs["station_id"]]

    @property
    def stations(self) -> Collection[int]:  # type: ignore[override]  # known from the URL
        return (self.station.pk,)

    def get_title(self) -> str:
        return _("Open work of %(station)s") % {"station": self.station.name}

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Bureau"), reverse("desk:bureau"))]

    def get_paper_url(self) -> str:
        return ""


class TodayPaper(OpenWorkPage, TemplateView):
    """Today on paper: by street and house, with an empty column for notes."""

    template_name = "desk/today_paper.html"
    title = gettext_lazy("Worksheet for today")

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Today"), f"{reverse('desk:today')}?{self.request.GET.urlencode()}")]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        choice = Choice(self.whose, PRINTED, when=self.when, street=self.street)
        found = open_work(self.actor, choice)
        items = sorted(
            found.items, key=lambda item: (not item.row.street, item.row.street, in_walk(item.row.address))
        )
        groups = [
            Group(code, title_of(code, STREET), len(of_street), of_street)
            for code, rows in groupby(items, key=lambda item: item.row.street)
            for of_street in [list(rows)]
        ]
        return super().get_context_data(
            whose=self.whose,
            band=BANDS.get(self.when, ""),
            today=timezone.localdate(),
            groups=groups,
            shown=len(items),
            chosen=found.chosen,
            **context,
        )


def in_walk(address: str) -> list[str | int]:
    """Return what addresses of a street are sorted by: numbers by their size, 2号 before 10号."""
    return [int(part) if number % 2 else part for number, part in enumerate(_NUMBERS.split(address))]


def group_of(item: Item, by: str) -> str:
    """Return the group that an item is in: its street, or its urgency."""
    return item.row.street if by == STREET else item.band


def title_of(group: str, by: str) -> Words:
    """Return the heading of a group."""
    return (group or _("Address without a street")) if by == STREET else BANDS[group]
