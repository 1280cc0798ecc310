"""The page of a quarter, and the page that explains one rating."""

from typing import Any

from django.core.paginator import Page as PageOfIds
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from enterprises.selectors import liaisons_now, list_stations, visible
from enterprises.staff.views import OneEnterprise
from foundation.accounts import access
from foundation.accounts.choices import Role
from foundation.accounts.models import Station
from foundation.exports.sheets import Sheet
from foundation.periods import Period
from foundation.ui.templatetags.anqi import filter_chips
from foundation.ui.views import Downloadable, RecordPage, WithResults, invalid_of
from foundation.words import Words
from ratings import page_selectors as reads
from ratings.access import Permission
from ratings.explain.rating import decision, measures_of
from ratings.filters import ChangedFilter
from ratings.models import Evaluation, Rating
from ratings.selectors import adopted_standard, planned_adoptions, rates_from
from ratings.standards.parsing import book_of
from ratings.tables import SORTS, ChangedTable, sorted_by

PAGE = 25
SHOWN_LATER = 3  # corrections and interim vetoes that the page links to, the latest


class WarningPage(WithResults, Downloadable, TemplateView):
    """A quarter at a glance: colours, movement, lost points, changed enterprises; without a rated quarter, first steps."""

    permission = Permission.VIEW_RATINGS

    # --- what the URL asks for ---

    @cached_property
    def quarters(self) -> list[Period]:
        """The rated quarters, newest first."""
        return reads.quarters(self.actor)

    @property
    def asked(self) -> str:
        """The code of the quarter in the URL, also under the name that the API has for it."""
        return self.given("quarter", "period")

    @cached_property
    def period(self) -> Period:
        """The quarter named in the URL (default: the latest); 404 if it is not rated."""
        code = self.asked
        try:
            period = Period.parse(code) if code else self.quarters[0]
        except ValueError as error:
            raise Http404 from error
        if period not in self.quarters:
            raise Http404
        return period

    @cached_property
    def stations(self) -> list[Station]:
        """The stations that a supervisor can choose from; empty for other roles."""
        return list(list_stations(self.actor)) if self.actor.role == Role.SUPERVISOR else []

    @cached_property
    def station(self) -> Station | None:
        """The station named in the URL, None for all; 404 if the actor cannot choose it."""
        names = {str(each.pk): each for each in self.stations}
        return names.get(self.one_of("station", names))

    @property
    def station_id(self) -> int | None:
        return self.station.pk if self.station else None

    @property
    def is_of_one_station(self) -> bool:
        return self.station is not None or not self.stations

    # --- what the page shows ---

    @cached_property
    def runs(self) -> list[Evaluation]:
        """The complete official runs of the quarter, regular run first."""
        return reads.runs_of(self.actor, self.period)

    @cached_property
    def figures(self) -> reads.Figures:
        return reads.figures(self.actor, self.runs, book_of(self.runs[-1].standard.body), self.station_id)

    def get_template_names(self) -> list[str]:
        return ["ratings/warning.html" if self.quarters else "ratings/warning_empty.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shown = (
            self.get_quarter() | self.get_changed() if self.quarters or self.asked else self.get_first_steps()
        )
        return super().get_context_data(**shown, **context)

    def get_first_steps(self) -> dict[str, Any]:
        """Return the context while no quarter is rated.

        ``waits_for``: the quarter that can be rated first, if all enterprises joined the register after the last one ended.
        ``sees_all``: whether that is said of all enterprises of the bureau, not of those that the person sees.
        """
        running = Period.of(timezone.localdate())
        rows = visible(self.actor)
        before = rows.filter(Q(registered_on=None) | Q(registered_on__lt=running.start))
        has_register = rows.exists()
        planned = next(iter(planned_adoptions(self.actor)), None)
        return {
            "adopted": adopted_standard(self.actor),
            "planned": planned,
            "planned_from": Period.parse(planned.from_quarter) if planned else None,
            "going_on": reads.unfinished(self.actor),
            "has_register": has_register,
            "sees_all": self.actor.role == Role.SUPERVISOR,
            "waits_for": running if has_register and not before.exists() else None,
            "rates_from": rates_from(self.actor),
            "may_start": access.allows(self.actor, Permission.START_EVALUATIONS),
        }

    def get_quarter(self) -> dict[str, Any]:
        figures, runs, index = self.figures, self.runs, self.quarters.index(self.period)
        changes = {
            name: figures.counts[name] - figures.before[name] if figures.looks_back else None
            for name in reads.COLOURS
        }
        moved = [[before, now, count] for (before, now), count in sorted(figures.moved.items()) if before]
        before = self.period.shift(-1)
        return {
            "period": self.period,
            "before": before,
            "quarters": self.quarters,
            "older": self.quarters[index + 1] if index + 1 < len(self.quarters) else None,
            "newer": self.quarters[index - 1] if index else None,
            "runs": runs,
            "run": runs[0],
            "later": runs[1:][-SHOWN_LATER:],
            "station": self.station,
            "stations": self.stations,
            "kept": ["quarter", "station"],
            "figures": figures,
            "counts": [(name, figures.counts[name], change) for name, change in changes.items()],
            "movement": {"from": str(before), "to": str(self.period), "links": moved},
            "losses": figures.ranked_losses(book_of(runs[-1].standard.body)),
        }

    def get_changed(self) -> dict[str, Any]:
        """Return one page of the enterprises whose colour changed, with an explanation of each decision."""
        chosen = ChangedFilter(self.request.GET, queryset=Rating.objects.none())
        if invalid := self.get_invalid(chosen):
            return {"filter": chosen, "invalid": invalid}
        shown, sort = self.cut(**chosen.chosen())
        table = self.table_of(list(shown.object_list), sort)
        return {"filter": chosen, "table": table, "shown": shown, "found": shown.paginator.count}

    def table_of(self, ids: list[int], sort: str) -> ChangedTable:
        rows = reads.rows_of(self.actor, ids)
        explain(rows, self.runs)
        liaisons = liaisons_now(self.actor, [row.enterprise_id for row in rows])
        for row in rows:
            row.served_by = [each for each in liaisons.get(row.enterprise_id, []) if each.kind == "main"]
        return ChangedTable(rows, sort=sort, one_station=self.is_of_one_station)

    def is_answerable(self) -> bool:
        if not self.quarters:
            return False
        return not self.get_invalid(ChangedFilter(self.request.GET, queryset=Rating.objects.none()))

    def get_invalid(self, chosen: ChangedFilter) -> list[tuple[Words, str]]:
        """Return label and error of what the URL asks for and the list does not have."""
        _asked = self.sort
        return [*self.unknown.values(), *invalid_of(chosen)]

    @property
    def sort(self) -> str:
        """The order that the URL asks for."""
        return self.asked_for("sort", [*SORTS, *(f"-{each}" for each in SORTS)])

    def defaults(self) -> dict[str, str]:
        return {} if self.asked else {"quarter": self.period.code}

    def get_sheet(self, most: int) -> Sheet:
        chosen = ChangedFilter(self.request.GET, queryset=Rating.objects.none())
        if self.get_invalid(chosen):
            raise Http404("the filters are no longer valid")
        found, sort = self.find(**chosen.chosen())
        keys = list(found.values_list("pk", flat=True)[:most])
        told = [(_("Quarter"), str(self.period))]
        if self.station:
            told.append((_("Station"), self.station.name))
        told += [(chip["label"], chip["value"]) for chip in filter_chips({"request": self.request}, chosen)]
        return Sheet(
            _("Enterprises whose colour changed"),
            self.table_of([], sort).header_of_sheet(),
            keys,
            lambda ids: self.table_of(list(ids), sort).rows_of_sheet(),
            told,
        )

    def find(self, *, text: str, way: str) -> tuple[QuerySet[Rating], str]:
        """Return the changed ratings in the order that the URL asks for, and that order."""
        found = reads.changed(self.actor, self.runs, station_id=self.station_id, text=text, way=way)
        return sorted_by(found, self.sort, one_station=self.is_of_one_station)

    def cut(self, *, text: str, way: str) -> tuple[PageOfIds, str]:
        """Return the page of ids and the sort order. Only the rows of these ids are then read with their joins."""
        found, sort = self.find(text=text, way=way)
        ids = found.values_list("pk", flat=True)
        if text.strip():  # a COUNT query and a LIMIT query would search twice
            return Paginator(list(ids), PAGE).get_page(self.request.GET.get("page")), sort
        pages = Paginator(ids, PAGE)
        pages.count = self.figures.listed(way)
        shown = pages.get_page(self.request.GET.get("page"))
        if not self.is_of_one_station and 0 < shown.end_index() <= reads.FIRST:
            first = reads.first_of(self.actor, self.runs, ids, order=f"{way}:{sort}")
            shown.object_list = first[shown.start_index() - 1 : shown.end_index()]
        return shown, sort


def explain(rows: list[Any], runs: list[Evaluation]) -> None:
    """Attach to each rating what decided it, with the fact behind it."""
    by_id = {run.pk: run for run in runs}
    for row in rows:
        run = by_id[row.evaluation_id]
        row.decision = decision(book_of(run.standard.body), row, measures_of(row, run), row.decided_by)


class RatingPage(OneEnterprise, RecordPage):
    """One enterprise's rating for a quarter, explained; 404 if the enterprise is not visible or was not rated."""

    permission = Permission.VIEW_RATINGS
    template_name = "ratings/rating.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        try:
            period = Period.parse(self.kwargs["period_code"])
        except ValueError as error:
            raise Http404 from error
        why = reads.why(self.actor, self.record.pk, period.code)
        if why is None:
            raise Http404(_("This enterprise was not rated in that quarter."))
        back = f"{reverse('ratings:warning')}?quarter={period.code}"
        return super().get_context_data(why=why, back=back, **context)
