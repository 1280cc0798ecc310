"""The page of the quarter, and one rating explained."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise, liaisons_now, list_stations
from foundation.accounts import access
from foundation.accounts.access import page
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.periods import Period
from ratings import page_selectors as reads
from ratings.explain.rating import decision, measures_of
from ratings.filters import ChangedFilter
from ratings.models import Rating
from ratings.selectors import adopted_standard
from ratings.standards.parsing import book_of
from ratings.tables import ChangedTable, sorted_by

PAGE = 25
SHOWN_LATER = 3  # corrections and interim vetoes that get a link of their own


@page("ratings:read")
def warning(request: HttpRequest) -> HttpResponse:
    """A quarter at a glance: colours, movement, where points are lost, who changed."""
    actor = request.actor
    known = reads.quarters(actor)
    stations = list(list_stations(actor)) if actor.role == Role.SUPERVISOR else []
    if not known:
        return render(request, "ratings/warning_empty.html", _first_steps(actor))
    period = _chosen(request.GET.get("quarter", ""), known)
    runs = reads.runs_of(actor, period)
    station = next((each for each in stations if str(each.pk) == request.GET.get("station")), None)
    station_id = station.pk if station else None
    book = book_of(runs[-1].standard.body)
    figures = reads.figures(actor, runs, book, station_id)
    index = known.index(period)
    context = {
        "period": period,
        "before": period.shift(-1),
        "quarters": known,
        "older": known[index + 1] if index + 1 < len(known) else None,
        "newer": known[index - 1] if index else None,
        "runs": runs,
        "run": runs[0],
        "later": runs[1:][-SHOWN_LATER:],
        "seconds": _seconds(runs[0]),
        "station": station,
        "stations": stations,
        "kept": ["quarter", "station"],
        "figures": figures,
        "counts": [(name, figures.counts[name], _change(figures, name)) for name in reads.COLOURS],
        "movement": _movement(figures, period),
        "losses": figures.ranked_losses(book),
        **_changed(request, runs, figures, station_id, one_station=bool(station) or not stations),
    }
    return render(request, "ratings/warning.html", context)


def _chosen(code: str, known: list[Period]) -> Period:
    """The quarter the address asks for, the latest by default; 404 for one that is not rated."""
    if not code:
        return known[0]
    try:
        period = Period.parse(code)
    except ValueError as error:
        raise Http404 from error
    if period not in known:
        raise Http404
    return period


def _first_steps(actor: Actor) -> dict[str, Any]:
    """What to do while no quarter is rated."""
    going_on = reads.unfinished(actor)
    may_start = access.allows(actor, "ratings:evaluate")
    return {"adopted": adopted_standard(actor), "going_on": going_on, "may_start": may_start}


def _change(figures: reads.Figures, colour: str) -> int | None:
    return figures.counts[colour] - figures.before[colour] if figures.looks_back else None


def _seconds(run: Any) -> float | None:
    return (
        (run.completed_at - run.started_at).total_seconds() if run.completed_at and run.started_at else None
    )


def _movement(figures: reads.Figures, period: Period) -> dict[str, Any]:
    links = [[before, now, count] for (before, now), count in sorted(figures.moved.items()) if before]
    return {"from": str(period.shift(-1)), "to": str(period), "links": links}


def _changed(
    request: HttpRequest,
    runs: list[Any],
    figures: reads.Figures,
    station_id: int | None,
    *,
    one_station: bool,
) -> dict[str, Any]:
    """The list of those who changed: one page of it, with the words of each decision."""
    actor = request.actor
    chosen = ChangedFilter(request.GET, queryset=Rating.objects.none())
    asked = chosen.chosen()
    found = reads.changed(actor, runs, station_id=station_id, **asked)
    found, sort = sorted_by(found, request.GET.get("sort", ""), one_station=one_station)
    # the page's ids are found by key first; only those are joined and read whole
    ids = found.values_list("pk", flat=True)
    if asked["text"].strip():  # counting and cutting would search twice
        pages = Paginator(list(ids), PAGE)
    else:
        pages = Paginator(ids, PAGE)
        pages.count = figures.listed(asked["way"])
    shown = pages.get_page(request.GET.get("page"))
    if not one_station and not asked["text"].strip() and 0 < shown.end_index() <= reads.FIRST:
        first = reads.first_of(actor, runs, ids, order=f"{asked['way']}:{sort}")
        shown.object_list = first[shown.start_index() - 1 : shown.end_index()]
    rows = reads.rows_of(actor, list(shown.object_list))
    explained(rows, runs)
    liaisons = liaisons_now(actor, [row.enterprise_id for row in rows])
    for row in rows:
        row.served_by = [each for each in liaisons.get(row.enterprise_id, []) if each.kind == "main"]
    table = ChangedTable(rows, sort=sort, one_station=one_station)
    return {"filter": chosen, "table": table, "shown": shown, "found": shown.paginator.count}


def explained(rows: list[Any], runs: list[Any]) -> None:
    """Attach to each rating what decided it, with the fact behind."""
    by_id = {run.pk: run for run in runs}
    for row in rows:
        run = by_id[row.evaluation_id]
        row.decision = decision(book_of(run.standard.body), row, measures_of(row, run), row.decided_by)


@page("ratings:read")
def rating(request: HttpRequest, enterprise_id: int, period_code: str) -> HttpResponse:
    """One enterprise's rating of a quarter, explained; 404 for another station's enterprise or no such quarter."""
    actor = request.actor
    try:
        period = Period.parse(period_code)
        enterprise = get_enterprise(actor, enterprise_id)
    except (ValueError, Enterprise.DoesNotExist) as error:
        raise Http404 from error
    why = reads.why(actor, enterprise_id, period.code)
    if why is None:
        raise Http404(_("This enterprise was not rated in that quarter."))
    back = f"{reverse('ratings:warning')}?quarter={period.code}"
    return render(request, "ratings/rating.html", {"enterprise": enterprise, "why": why, "back": back})
