"""Which open work a person sees: the same condition for Today, its badge, and the lists behind it.

Open work of an enterprise that is not on the register waits until the enterprise is on it again. Lists show it under
"Not on the register".
"""

import datetime as dt
from collections.abc import Collection
from functools import cache
from typing import Any

import django_filters
from django.db.models import CharField, Exists, Expression, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models import Liaison
from enterprises.selectors import away_on
from foundation.accounts.access import STATION_ROLES
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.contributions.work import Work, works
from foundation.database.composing import ENTERPRISE, PERSON, TODAY, Days, OfStations, Statement, union
from foundation.ids import id_of
from foundation.ui.filters import Picks
from foundation.words import Words

MINE, STATION = "mine", "station"


def is_off_register(day: dt.date | Expression, outer: str = "enterprise_id") -> Exists:
    """Return the condition on records: their enterprise is suspended, closed or merged on a day."""
    return Exists(away_on(day, outer))


def due(work: Work, rows: QuerySet[Any], whose: str = STATION) -> QuerySet[Any]:
    """Return those of a work's rows that are open work of the actor's stations, or of the person alone.

    A person's are those of the enterprises they look after, and what they were named for (``Work.also``).

    Leaves out voided records and enterprises that are not on the register. Contains parameters
    (:func:`values_for`).
    """
    rows = rows.filter(OfStations("station_id")).order_by()
    if work.enterprise:
        rows = rows.filter(~is_off_register(TODAY, work.to_enterprise), voided_at=None)
    if work.mine:
        rows = rows.filter(work.mine())
    elif whose == MINE and not work.whole_station:
        mine = Liaison.objects.filter(OfStations("station_id"), officer_id=PERSON, until_on=None)
        theirs = Q(**{f"{work.to_enterprise}__in": mine.values("enterprise_id")})
        rows = rows.filter(theirs | work.also() if work.also else theirs)
    return rows


def values_for(actor: Actor, stations: Collection[int] | None = None) -> dict[str, Any]:
    """Return the parameters of statements over open work, of some of the actor's stations or of all."""
    values = Days(timezone.localdate())
    values |= {"stations": list(actor.stations if stations is None else stations), "person": actor.user_id}
    return values


@cache
def _keys(code: str, whose: str) -> Statement:
    work = works[code]
    return Statement.of(due(work, work.rows(), whose).values("pk"))


@cache
def _titles(model: type[Any]) -> list[tuple[str, Any]]:
    found = sorted((work for work in works if work.rows().model is model), key=lambda work: work.rank)
    return [(work.code, work.title) for work in found]


@cache
def _counted() -> Statement:
    """Return the statement that counts a person's own open work, by kind."""
    parts = [
        due(work, work.rows(), MINE).values_list(Value(work.code, output_field=CharField()), "pk")
        for work in works
        if not (work.whole_station or work.mine)
    ]
    rows = union(parts)
    return Statement(
        f"SELECT parts.code, count(*) FROM ({rows.sql}) parts (code, pk) GROUP BY 1", rows.params
    )


def open_work_of(user_id: int, stations: Collection[int]) -> list[tuple[Words, int]]:
    """Return what is due at the enterprises that an officer looks after: title and number, as Today shows them."""
    values = Days(timezone.localdate())
    values |= {"stations": list(stations), "person": user_id}
    counts = dict(_counted().rows(values))
    return [(work.title, counts[work.code]) for work in _by_rank() if work.code in counts]


@cache
def _open_at() -> Statement:
    """Return the statement that counts the records about one enterprise that are due, by kind."""
    parts = [
        due(work, work.rows().filter(**{work.to_enterprise: ENTERPRISE})).values_list(
            Value(work.code, output_field=CharField()), "pk"
        )
        for work in works
        if work.enterprise and not work.mine
    ]
    rows = union(parts)
    return Statement(
        f"SELECT parts.code, count(*) FROM ({rows.sql}) parts (code, pk) GROUP BY 1", rows.params
    )


def open_work_at(enterprise_id: int, station_id: int) -> list[tuple[str, int]]:
    """Return the records about an enterprise that are due at its station: code of the work and number, as on Today."""
    values = Days(timezone.localdate())
    values |= {"enterprise": enterprise_id, "stations": [station_id]}
    counts = dict(_open_at().rows(values))
    return [(work.code, counts[work.code]) for work in _by_rank() if work.code in counts]


def _by_rank() -> list[Work]:
    return sorted(works, key=lambda work: work.rank)


class OpenWorkFilter(django_filters.FilterSet):
    """A list that can be narrowed to a section of Today, and to the enterprises the person looks after."""

    filters: dict[str, django_filters.Filter]
    to_enterprise = "enterprise_id"

    work = django_filters.ChoiceFilter(label=_("On Today"), empty_label=_("All"), method="in_section")
    whose = django_filters.ChoiceFilter(
        label=_("Whose work"),
        choices=[(MINE, _("Mine"))],
        empty_label=_("Whole station"),
        method="looked_after_by",
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        sections = _titles(self.queryset.model)
        self.filters["work"].extra["choices"] = sections
        at_a_station = actor.role in STATION_ROLES
        if not (at_a_station or actor.role == Role.SUPERVISOR) or not sections:
            del self.filters["work"]
        if not at_a_station:
            del self.filters["whose"]

    def in_section(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # of a supervisor's stations those that the list shows
        picks = self.form.cleaned_data.get("station") or Picks()
        asked = set(map(id_of, picks.values))
        stations = [each for each in self.actor.stations if not asked or (each in asked) != picks.is_not]
        whose = self.form.cleaned_data.get("whose") or STATION
        sql, params = _keys(value, whose).bind(values_for(self.actor, stations))
        return rows.filter(pk__in=RawSQL(sql, params))  # noqa: S611  (compiled by the ORM)

    def looked_after_by(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if self.form.cleaned_data.get("work"):
            return rows  # whose work that is, the section says itself: what Today counts
        mine = Liaison.objects.filter(
            station_id__in=self.actor.stations, officer_id=self.actor.user_id, until_on=None
        )
        return rows.filter(**{f"{self.to_enterprise}__in": mine.values("enterprise_id")})
