"""The bureau page, and the redirect to a person's first page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView, TemplateView

from desk import bureau_figures, cells, comparing
from desk.access import Permission
from desk.comparing import Figures
from desk.picture import picture
from desk.tasks import count_groups, count_quarters
from enterprises.grouping import GROUPINGS
from enterprises.selectors import list_stations
from foundation.accounts.access import SIGNED_IN
from foundation.accounts.selectors import open_password_requests
from foundation.database.planner import without_nested_loops
from foundation.periods import Period
from foundation.ui import links
from foundation.ui.shell import home_of
from foundation.ui.views import Page
from foundation.words import Words, listed
from ratings.comparing import losses, recent_runs, trend

ASK_FIRST = 3  # stations that the page names first
LINES = 6  # criteria with the most points lost
PAGE = 50  # groups
STATION = "station"


class Home(Page, RedirectView):
    """Redirects to the first page of the actor's navigation."""

    permission = SIGNED_IN

    def get_redirect_url(self) -> str:
        address = home_of(self.actor)
        if address == self.request.path:
            raise Http404
        return address


@dataclass(frozen=True)
class Column:
    """A column of the comparison: its name in the URL, its heading, what it sorts by."""

    code: str
    title: Words
    value: Callable[[Figures], Any]
    of_stations: bool = False


COLUMNS: Mapping[str, Column] = {
    each.code: each
    for each in (
        Column("enterprises", _("Enterprises"), lambda each: each.enterprises),
        Column("red", _("Colours"), lambda each: each.red_share),
        Column("movement", _("Movement"), lambda each: each.down - each.up),
        Column("on_time", _("On time"), lambda each: each.on_time_rate),
        Column("overdue", _("Overdue hazards"), lambda each: each.overdue),
        Column("work", _("Open work per officer"), lambda each: each.work_per_officer, of_stations=True),
        Column("coverage", _("Inspected"), lambda each: each.coverage),
        Column("liaison", _("Without liaison"), lambda each: each.without_liaison),
    )
}


class Bureau(Page, TemplateView):
    """A bureau's stations, areas and industries side by side, its last eight quarters, and where points are lost.

    ``?by=`` names the groups, ``?sort=`` a column, ``?of=`` the station that the lower pictures are about.
    """

    permission = Permission.VIEW_BUREAU_FIGURES
    template_name = "desk/bureau.html"

    @cached_property
    def by(self) -> str:
        return self.one_of("by", GROUPINGS, STATION)

    @cached_property
    def sort(self) -> str:
        return self.one_of("sort", [*COLUMNS, *(f"-{each}" for each in COLUMNS)])

    def address(self, **changes: Any) -> str:
        """Return the URL of this page with other choices, "" takes one away; the groups begin on their first page."""
        names = {"by": "" if self.by == STATION else self.by, "sort": self.sort, "of": self.asked_station}
        return links.to("desk:bureau", **{name: each for name, each in (names | changes).items() if each})

    @property
    def asked_station(self) -> str:
        return self.request.GET.get("of", "")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        # with nested loops each record would be compared with all enterprises that are off the register
        with without_nested_loops():
            return super().get_context_data(**self.get_figures(), **context)

    def get_figures(self) -> dict[str, Any]:
        runs = recent_runs(self.actor)
        last = max(runs, default=None)
        of_last, grouping = runs[last] if last else [], GROUPINGS[self.by]
        counted = bureau_figures.recall(self.actor, grouping, of_last)
        if counted.is_old and bureau_figures.claim(self.actor, grouping, of_last):
            self.have_counted(count_groups, self.by)
        if self.by == STATION:
            stations = {str(each.key[0]): each.name for each in counted.groups}
        else:
            stations = {str(each.pk): each.name for each in list_stations(self.actor)}
        of = self.one_of("of", stations)
        station_id = int(of) if of else None
        colours = trend(self.actor, runs, only_kept=counted.is_large)
        lost = losses(self.actor, runs, station_id=station_id, only_kept=counted.is_large and not of)
        if not (colours.is_complete and lost is not None) and bureau_figures.claim_trend(self.actor):
            self.have_counted(count_quarters)
        everything = comparing.total(counted.groups)
        shown = self.page_of(self.sorted(counted.groups), PAGE)
        before = last.shift(-1) if last and last.shift(-1) in runs else None
        quarter = last.code if last and before else ""
        narrowing = {STATION: station_id} if station_id else {}
        return {
            "by": self.by,
            "one": grouping.one,
            "tabs": [
                {
                    "label": each.title,
                    "url": self.address(by=each.code if each.code != STATION else "", sort=""),
                    "active": each is grouping,
                }
                for each in GROUPINGS.values()
            ],
            "columns": self.get_columns(),
            "page": shown,
            "rows": [self.row(each, quarter) for each in shown.object_list],
            "all": self.row(everything, quarter),
            "total": everything,
            "moved": cells.moved(everything, quarter),
            "has_stations": bool(stations),
            "ask_first": [
                {"figures": each, "moved": cells.moved(each, quarter)}
                for each in self.ask_first(counted.groups)
            ],
            "last": last,
            "before": before,
            "counted_at": counted.at,
            "days": comparing.WINDOW.days,
            "since": comparing.first_day(timezone.localdate()),
            "stations": stations,
            "station_names": listed(stations.values()),
            "of": of,
            "of_name": stations.get(of, ""),
            "picture": picture(colours, station_id, narrowing),
            "is_counting": not colours.is_complete,
            "losses": self.get_losses(lost, last, narrowing),
            "is_counting_losses": lost is None,
            "standard_id": of_last[-1].standard_id if of_last else None,
            "password_requests": open_password_requests(self.actor),
        }

    def have_counted(self, task: Any, *arguments: Any) -> None:
        transaction.on_commit(partial(task.delay, self.actor.bureau_id, *arguments), robust=True)

    def get_columns(self) -> list[dict[str, Any]]:
        """Return the headings with the address that sorts by them: the largest first, then the smallest."""
        name, is_falling = self.sort.removeprefix("-"), self.sort.startswith("-")
        return [
            {
                "code": each.code,
                "title": each.title,
                "url": self.address(sort=each.code if name == each.code and is_falling else f"-{each.code}"),
                "sorted": ("descending" if is_falling else "ascending") if name == each.code else "",
            }
            for each in COLUMNS.values()
            if self.by == STATION or not each.of_stations
        ]

    def row(self, figures: Figures, quarter: str) -> dict[str, Any]:
        """Return a row of the comparison. ``quarter`` is the last one if it can be compared with the one before."""
        urls = figures.urls
        found = {
            "enterprises": cells.figure(figures.enterprises, urls["all"]),
            "red": cells.coloured(figures.colours, urls),
            "movement": cells.moved(figures, quarter),
            "on_time": cells.on_time(figures),
            "overdue": cells.figure(figures.overdue, urls["overdue"], tone="text-red"),
            "work": cells.work(figures, self.work_url(figures)),
            "coverage": cells.coverage(figures),
            "liaison": cells.figure(figures.without_liaison, urls["without_liaison"]),
        }
        columns = [each for each in COLUMNS.values() if self.by == STATION or not each.of_stations]
        return {
            "figures": figures,
            "url": urls["all"],
            "cells": [(each.code, each.title, found[each.code]) for each in columns],
        }

    def work_url(self, figures: Figures) -> str:
        if self.by != STATION or not figures.key:
            return ""
        return links.to("desk:station_today", figures.key[0])

    def sorted(self, groups: list[Figures]) -> list[Figures]:
        """Return the groups in the order that the URL asks for; those without the figure come last."""
        column = COLUMNS.get(self.sort.removeprefix("-"))
        if column is None:
            return groups
        known = [each for each in groups if column.value(each) is not None]
        unknown = [each for each in groups if column.value(each) is None]
        return sorted(known, key=column.value, reverse=self.sort.startswith("-")) + unknown

    def ask_first(self, groups: list[Figures]) -> list[Figures]:
        """Return the stations with most falls and overdue hazards for their size, if there is anything to compare."""
        if self.by != STATION:
            return []
        troubled = sorted((each for each in groups if each.trouble), key=lambda each: -each.trouble)
        return troubled[:ASK_FIRST] if len(groups) > 1 else []

    def get_losses(
        self, lost: Any, last: Period | None, narrowing: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        return [
            {
                "loss": each,
                "url": links.to("ratings:rated", quarter=last.code, lost=each.code, **narrowing),
            }
            for each in (lost or [])[:LINES]
            if last
        ]
