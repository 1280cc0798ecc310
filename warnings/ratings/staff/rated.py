"""The list of all ratings of a quarter: what stands behind the figures of several stations, groups and quarters."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page as PageOfIds
from django.core.paginator import Paginator
from django.db.models import Case, F, FloatField, QuerySet, Value, When
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.selectors import list_stations
from foundation.accounts.models import Station
from foundation.periods import Period
from foundation.ui.tables import PER_PAGE
from foundation.ui.views import Crumb, ListPage
from ratings import comparing
from ratings import page_selectors as reads
from ratings.access import Permission
from ratings.filters import RatedFilter
from ratings.models import Evaluation, Rating
from ratings.staff.warning import explain
from ratings.standards.parsing import book_of
from ratings.tables import SORTS, RatedTable, sorted_by


class RatedList(ListPage):
    """The ratings of a quarter in force, by colour, direction, criterion at which points were lost, and group."""

    permission = Permission.VIEW_RATINGS
    template_name = "ratings/rated.html"
    filterset_class = RatedFilter
    table_class = RatedTable
    kept = ("quarter",)
    choices = ("sort",)
    table_pagination = False  # get_table_data reads the rows of one page only
    icon = "traffic-lights"
    empty_title = gettext_lazy("No quarter is rated yet")
    empty_text = gettext_lazy("The ratings of a quarter are listed here once it is rated.")

    @cached_property
    def runs(self) -> list[Evaluation]:
        """The runs of the quarter named in the URL, by default of the latest; none without any, 404 if it is not rated."""
        code = self.given("quarter")
        try:
            runs = comparing.runs_of(self.actor, Period.parse(code) if code else None)
        except ValueError as error:
            raise Http404 from error
        if code and not runs:
            raise Http404
        return runs

    @property
    def period(self) -> Period | None:
        return self.runs[0].period if self.runs else None

    @cached_property
    def stations(self) -> list[Station]:
        """Stations to choose from; empty for users of one."""
        return list(list_stations(self.actor)) if len(self.actor.stations) > 1 else []

    def get_title(self) -> str:
        return _("Ratings of %(quarter)s") % {"quarter": self.period} if self.period else _("Ratings")

    def get_trail(self) -> list[Crumb]:
        url = reverse("ratings:warning")
        return [Crumb(_("Three-colour warning"), f"{url}?quarter={self.period.code}" if self.period else url)]

    def get_queryset(self) -> QuerySet[Rating]:
        return Rating.objects.none()

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        lines: list[tuple[str, str]] = []
        if self.runs:
            book = book_of(self.runs[-1].standard.body)
            lines = [(code, f"{code} {book.label(code)}") for code in book.line_codes]
        query = super().get_filterset_kwargs(filterset_class)
        return query | {"actor": self.actor, "stations": self.stations, "lines": lines}

    def asked_value(self, name: str) -> str:
        """Return the value of a valid filter, "" if it is not set."""
        return (self.filterset.form.cleaned_data.get(name) or "") if self.is_valid else ""

    @property
    def is_valid(self) -> bool:
        """Whether there are ratings, and the filters in the URL can be answered. The menu of columns has no filters."""
        return bool(self.runs) and hasattr(self, "filterset") and self.filterset.is_valid()

    @cached_property
    def found(self) -> tuple[QuerySet[Rating], str]:
        """The ratings that the URL asks for in its order, and the name of that order."""
        station, way, lost = (self.asked_value(name) for name in ("station", "way", "lost"))
        rows = comparing.rated(
            self.actor,
            self.runs,
            station_id=int(station) if station else None,
            text=self.asked_value("q"),
            colour=self.asked_value("colour"),
            lost=lost,
        )
        rows = self.filterset.filter_queryset(reads.moved(rows, way) if way else rows)
        if lost and not self.sort:
            return rows.order_by(self.most_lost(lost), "enterprise_id"), ""
        return sorted_by(rows, self.sort, one_station=bool(station) or len(self.stations) < 2)

    def most_lost(self, lost: str) -> Any:
        """Return the order by points lost at a line, most first."""
        lines = self.lines(lost).items()
        whens = [When(evaluation_id=pk, then=F(f"maxima__{n}") - F(f"points__{n}")) for pk, n in lines]
        return Case(*whens, default=Value(0.0), output_field=FloatField()).desc()

    def lines(self, lost: str) -> dict[int, int]:
        """Return where each run stores a line, by run."""
        return {run.pk: run.criteria.index(lost) for run in self.runs if lost in run.criteria}

    @property
    def sort(self) -> str:
        """The order that the URL asks for."""
        return self.asked_for("sort", [*SORTS, *(f"-{each}" for each in SORTS)])

    @cached_property
    def shown(self) -> PageOfIds:
        """Ids of the page: only the rows of these are read with their joins."""
        ids: Any = self.found[0].values_list("pk", flat=True) if self.is_valid else []
        return Paginator(ids, PER_PAGE).get_page(self.request.GET.get("page"))

    def get_table_data(self) -> Sequence[Rating]:
        return self.read(list(self.shown.object_list))

    def read(self, ids: Sequence[int]) -> list[Rating]:
        rows = reads.rows_of(self.actor, ids)
        explain(rows, self.runs)
        return rows

    def get_table_kwargs(self) -> dict[str, Any]:
        lost = self.asked_value("lost")
        one = bool(self.asked_value("station")) or len(self.stations) < 2
        sort = self.found[1] if self.is_valid else ""
        return {"lost": lost, "lines": self.lines(lost), "one_station": one, "sort": sort}

    def get_whole_table(self) -> RatedTable:
        return RatedTable([], **self.get_table_kwargs())

    def get_sheet_rows(self, table: Any) -> QuerySet[Rating]:
        return self.found[0] if self.runs else Rating.objects.none()

    def get_sheet_records(self, keys: Sequence[int]) -> list[Rating]:
        return self.read(list(keys))

    def defaults(self) -> dict[str, str]:
        return {"quarter": self.period.code} if self.period and not self.request.GET.get("quarter") else {}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(shown=self.shown, total=self.shown.paginator.count, **context)
