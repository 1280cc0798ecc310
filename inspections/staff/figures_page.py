"""Inspections in figures: a quarter by station, each figure with the records behind it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from enterprises.selectors import list_stations
from foundation.accounts.models import Station
from foundation.database.caching import remembered
from foundation.periods import Period
from foundation.shares import FEWEST
from foundation.ui.views import Crumb, Page
from inspections.access import Permission
from inspections.supervising.counting import Counts, by_station, durations, total
from inspections.supervising.officers import Finder, silent_officers
from inspections.supervising.pictures import MOST, photos_in_two
from inspections.supervising.quarters import quarters_with_inspections

KEPT_S = 300  # in a bureau of 300 thousand inspections it takes a third of a second of the database


@dataclass(frozen=True)
class Row:
    """A station, or all of them, with its figures and the addresses of the records behind each."""

    name: Any
    counts: Counts
    urls: dict[str, str]
    minutes: float | None = None


class FiguresPage(Page, TemplateView):
    """What inspections of a quarter found, what followed, and what a supervisor should look at."""

    permission = Permission.VIEW_FIGURES
    title = _("Inspections in figures")
    template_name = "inspections/figures.html"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Inspections"), reverse("inspections:inspections"))]

    @cached_property
    def quarter(self) -> Period:
        """The quarter in the URL, by default this one."""
        named = self.given("quarter")
        try:
            return Period.parse(named) if named else Period.of(timezone.localdate())
        except ValueError:
            raise Http404("no such quarter") from None

    @cached_property
    def stations(self) -> list[Station]:
        return list(list_stations(self.actor))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        key = ("inspections-in-figures", self.actor.stations, self.quarter.code, timezone.localdate())
        counts, silent, minutes, counted_at = remembered(key, self.count, KEPT_S)
        rows = [
            Row(each.name, counts.get(each.pk, Counts(each.pk)), self.behind(each.pk), minutes.get(each.pk))
            for each in self.stations
        ]
        this = Period.of(timezone.localdate())
        return super().get_context_data(
            quarter=self.quarter,
            quarters=sorted({*quarters_with_inspections(self.actor, this), self.quarter}, reverse=True),
            rows=rows,
            all=Row(_("All together"), total(counts.values()), self.behind(None)),
            has_minutes=bool(minutes),
            silent=[(each, self.of_officer(each), silent.usual[each.station_id]) for each in silent.striking],
            too_few=silent.too_few,
            names={each.pk: each.name for each in self.stations},
            twice=photos_in_two(self.actor, self.quarter),
            most=MOST,
            fewest=FEWEST,
            counted_at=counted_at,
            **context,
        )

    def count(self) -> tuple[Any, ...]:
        """Return the counts by station, the officers who found nothing, durations, and when this was counted."""
        counts = by_station(self.actor, self.quarter)
        usual = {
            pk: 100 * (each.judged - each.empty) / each.judged for pk, each in counts.items() if each.judged
        }
        silent = silent_officers(self.actor, self.quarter, usual)
        return counts, silent, durations(self.actor, self.quarter), timezone.localtime()

    def behind(self, station: int | None) -> dict[str, str]:
        """Return the lists that the figures of a station count, or of all."""
        where = {"station": station} if station and len(self.stations) > 1 else {}
        days = {"since": self.quarter.start.isoformat(), "until": self.quarter.end.isoformat()}
        lists = {
            "inspections": ("inspections:inspections", days),
            "judged": ("inspections:inspections", {"found": "either", **days}),
            "empty": ("inspections:inspections", {"found": "nothing", **days}),
            "to_order": ("inspections:hazards", {"ordered": "expected", "state": "all", **days}),
            "unordered": ("inspections:hazards", {"ordered": "none", "state": "all", **days}),
            "never": ("enterprises:list", {"inspected": "never"}),
            "overdue": ("enterprises:list", {"due": "overdue"}),
        }
        return {name: f"{reverse(page)}?{urlencode(query | where)}" for name, (page, query) in lists.items()}

    def of_officer(self, finder: Finder) -> str:
        """Return the list of the inspections of an officer in which nothing was found."""
        return f"{self.behind(finder.station_id)['empty']}&{urlencode({'inspector': finder.name})}"
