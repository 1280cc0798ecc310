"""Visits that an officer is to make, as planned or as drawn by lot."""

from collections import Counter
from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.concerned import at_work, left_by
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.contributions.duties import Duty, register
from foundation.words import Words
from inspections.drawn_visits import hand_over_drawn, waiting_visits
from inspections.models import PlannedVisit
from inspections.planning.handing_over import hand_over_visits
from inspections.planning.visits import is_open


def _planned(stations: Collection[int]) -> QuerySet[PlannedVisit]:
    return PlannedVisit.objects.filter(is_open(), station_id__in=stations).order_by()


def _counts(user_id: int, stations: Collection[int]) -> Mapping[int, int]:
    mine = _planned(stations).filter(Q(officer_id=user_id) | Q(second_id=user_id))
    return Counter(mine.values_list("station_id", flat=True))


def _orphans(stations: Collection[int]) -> Mapping[int, int]:
    found: Counter[int] = Counter()
    for field in ("officer_id", "second_id"):
        left = _planned(stations).filter(left_by(field))
        found.update(left.values_list(field, flat=True))
    return found


def _drawn_counts(user_id: int, stations: Collection[int]) -> Mapping[int, int]:
    mine = waiting_visits().filter(officer_id=user_id, station_id__in=stations).order_by()
    return Counter(mine.values_list("station_id", flat=True))


def _drawn_orphans(stations: Collection[int]) -> Mapping[int, int]:
    left = waiting_visits().filter(~at_work("officer_id"), station_id__in=stations).order_by()
    return Counter(left.values_list("officer_id", flat=True))


def _hand_over(actor: Actor, user_id: int, station_id: int, successor_id: int | None) -> int:
    successor = User.objects.get(pk=successor_id) if successor_id else None
    return hand_over_visits(actor=actor, officer_id=user_id, station_id=station_id, successor=successor)


def _hand_over_drawn(actor: Actor, user_id: int, station_id: int, successor_id: int | None) -> int:
    successor = User.objects.get(pk=successor_id) if successor_id else None
    return hand_over_drawn(officer_id=user_id, station_id=station_id, successor=successor, at=timezone.now())


def _enterprises(user_id: int, station_id: int) -> Collection[int]:
    mine = _planned([station_id]).filter(Q(officer_id=user_id) | Q(second_id=user_id))
    return list(mine.values_list("enterprise_id", flat=True))


def _behind(user_id: int, stations: Collection[int]) -> list[tuple[Words, int]]:
    return []


register(
    Duty(
        code="visits",
        title=_("Planned visits"),
        counts=_counts,
        behind=_behind,
        hand_over=_hand_over,
        orphans=_orphans,
        orphans_page="inspections:plan_visits",
        orphans_query={"who": "left"},
        enterprises=_enterprises,
    ),
    Duty(
        code="drawn_visits",
        title=_("Inspections by lot"),
        counts=_drawn_counts,
        behind=_behind,
        hand_over=_hand_over_drawn,
        orphans=_drawn_orphans,
        orphans_page="lots:draws",
        orphans_query={},
    ),
)
