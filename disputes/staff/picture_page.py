"""The bureau's picture of disputes: twelve months in figures, each with the records behind it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from disputes.access import Permission
from disputes.kinds import kinds
from disputes.overview import picture
from disputes.overview.narrowing import DONE, FAILED_BY, RELAPSED, SETTLED_BY
from disputes.overview.punctuality import DUE, LATE
from enterprises.selectors import list_stations
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.database.caching import remembered
from foundation.periods import Period
from foundation.shares import FEWEST
from foundation.ui.views import Crumb, Page
from foundation.words import Words

MOST_QUARTERS = 12  # that are offered
KEPT_S = 60  # figures of many stations
STEPS = 4  # of the ground of a cell: the more disputes, the darker


@dataclass(frozen=True)
class Row:
    """A station, or all of them, with its figures and the addresses of the records behind each."""

    name: Words
    counts: picture.Counts
    urls: dict[str, str]


@dataclass(frozen=True)
class Cell:
    """How many disputes of a kind were opened in a month. ``ground``: 0 for none, up to STEPS for the most of the table."""

    month: dt.date
    number: int
    url: str
    ground: int


@dataclass(frozen=True)
class KindRow:
    """A kind over the months."""

    label: Words
    cells: list[Cell]
    number: int
    url: str


def picture_url(actor: Actor) -> str:
    """Return the address of the picture for who may see it, else none."""
    return reverse("disputes:picture") if allows(actor, Permission.VIEW_PICTURE) else ""


class PicturePage(Page, TemplateView):
    """What disputes of twelve months were about, how they ended, what was kept of the agreements, and who has them again."""

    permission = Permission.VIEW_PICTURE
    title = _("Disputes in figures")
    template_name = "disputes/picture.html"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Disputes"), reverse("disputes:list"))]

    @cached_property
    def quarter(self) -> Period:
        """The last quarter of the twelve months, as the URL names it; by default this one."""
        named = self.given("quarter")
        try:
            return Period.parse(named) if named else Period.of(timezone.localdate())
        except ValueError:
            raise Http404("no such quarter") from None

    @cached_property
    def months(self) -> list[tuple[dt.date, dt.date]]:
        return picture.months_of(self.quarter)

    @cached_property
    def stations(self) -> list[Station]:
        return list(list_stations(self.actor))

    def behind(self, first: dt.date | None = None, last: dt.date | None = None, **query: object) -> str:
        """Return the list of the disputes opened in these days, by default in the twelve months."""
        days = {
            "since": (first or self.months[0][0]).isoformat(),
            "until": (last or self.months[-1][1]).isoformat(),
        }
        return f"{reverse('disputes:list')}?{urlencode(query | days, doseq=True)}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = self.count()
        counts = found.stations
        return super().get_context_data(
            quarter=self.quarter,
            quarters=self.get_quarters(),
            first=self.months[0][0],
            last=self.months[-1][1],
            months=[first for first, _last in self.months],
            kinds=self.get_kinds(found.kinds),
            ways=[
                (
                    each,
                    self.behind(result=f"{each.way}-{SETTLED_BY}"),
                    self.behind(result=f"{each.way}-{FAILED_BY}"),
                )
                for each in found.ways
            ],
            all=Row(_("All together"), counts[0], self.urls_of(None)),
            rows=[
                Row(each.name, counts.get(each.pk, picture.Counts(each.pk)), self.urls_of(each.pk))
                for each in self.stations
            ],
            firms=[(each, self.behind(enterprise=each.id)) for each in found.firms],
            often=found.often,
            counted_at=found.counted_at,
            fewest=FEWEST,
            **context,
        )

    def count(self) -> picture.Picture:
        """Return the figures. Those of many stations are kept for KEPT_S: a hundred thousand disputes take half a second."""
        rows = picture.opened_in(self.actor, self.months[0][0], self.months[-1][1])
        if len(self.actor.stations) < 2:
            return picture.picture_of(rows)
        key = ("disputes-in-figures", self.actor.stations, self.quarter.code, timezone.localdate())
        return remembered(key, lambda: picture.picture_of(rows), KEPT_S)

    def get_quarters(self) -> list[Period]:
        """Return the quarters to choose from, the latest first."""
        this = Period.of(timezone.localdate())
        return sorted({*this.shift(1 - MOST_QUARTERS).until(this), self.quarter}, reverse=True)

    def urls_of(self, station: int | None) -> dict[str, str]:
        """Return the lists that the figures of a station count, or of all."""
        where: dict[str, Any] = {"station": station} if station and len(self.stations) > 1 else {}
        lists: dict[str, dict[str, Any]] = {
            "opened": {},
            "settled": {"state": ["settled", "closed"]},
            "followed": {"followed": DONE},
            "relapsed": {"followed": RELAPSED},
            "due": {"paid": DUE},
            "late": {"paid": LATE},
        }
        return {name: self.behind(**(query | where)) for name, query in lists.items()}

    def get_kinds(self, found: Any) -> list[KindRow]:
        """Return the kinds that there were, the most frequent first, month by month."""
        most = max((number for by_month in found.values() for number in by_month.values()), default=0)
        rows = []
        for kind in kinds():
            by_month = found.get(kind.code, {})
            if not by_month:
                continue
            cells = [
                Cell(
                    first,
                    number := by_month.get(first, 0),
                    self.behind(first, last, kind=kind.code) if number else "",
                    -(-STEPS * number // most),
                )
                for first, last in self.months
            ]
            rows.append(KindRow(kind.label, cells, sum(by_month.values()), self.behind(kind=kind.code)))
        return sorted(rows, key=lambda row: -row.number)
