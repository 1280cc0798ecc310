"""What stands in an officer's name at disputes: those they lead, sessions they are to hold, follow-ups they are to do."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from disputes.after.handing_over import hand_over_follow_ups, waiting_at
from disputes.filing.leading import hand_over_leads, led_at
from disputes.mediation.handing_over import hand_over_sessions, held_by, planned_at
from enterprises.concerned import left_by
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.contributions.duties import Duty, register
from foundation.words import Words

Rows = Callable[[Collection[int]], QuerySet[Any]]


def _nothing_behind(user_id: int, stations: Collection[int]) -> list[tuple[Words, int]]:
    return []


def _counted(rows: Rows, field: str) -> Callable[[int, Collection[int]], Mapping[int, int]]:
    def counts(user_id: int, stations: Collection[int]) -> Mapping[int, int]:
        return Counter(rows(stations).filter(**{field: user_id}).values_list("station_id", flat=True))

    return counts


def _sessions(user_id: int, stations: Collection[int]) -> Mapping[int, int]:
    return Counter(planned_at(stations).filter(held_by(user_id)).values_list("station_id", flat=True))


def _left(rows: Rows, *fields: str) -> Callable[[Collection[int]], Mapping[int, int]]:
    def orphans(stations: Collection[int]) -> Mapping[int, int]:
        found: Counter[int] = Counter()
        for field in fields:
            known = rows(stations).filter(**{f"{field}__isnull": False})
            found.update(known.filter(left_by(field)).values_list(field, flat=True))
        return found

    return orphans


def _enterprises(rows: Rows, mine: Callable[[int], Q]) -> Callable[[int, int], Collection[int]]:
    def ids(user_id: int, station_id: int) -> Collection[int]:
        return list(rows([station_id]).filter(mine(user_id)).values_list("enterprise_id", flat=True))

    return ids


def _by(hand_over: Callable[..., int]) -> Callable[[Actor, int, int, int | None], int]:
    def give(actor: Actor, user_id: int, station_id: int, successor_id: int | None) -> int:
        successor = User.objects.get(pk=successor_id) if successor_id else None
        return hand_over(actor=actor, officer_id=user_id, station_id=station_id, successor=successor)

    return give


register(
    Duty(
        code="disputes",
        title=_("Disputes led"),
        counts=_counted(led_at, "lead_id"),
        behind=_nothing_behind,
        hand_over=_by(hand_over_leads),
        orphans=_left(led_at, "lead_id"),
        orphans_page="disputes:list",
        orphans_query={"left": "on"},
        enterprises=_enterprises(led_at, lambda user_id: Q(lead_id=user_id)),
    ),
    Duty(
        code="dispute_sessions",
        title=_("Planned mediation sessions"),
        counts=_sessions,
        behind=_nothing_behind,
        hand_over=_by(hand_over_sessions),
        orphans=_left(planned_at, "officer_id", "second_id"),
        orphans_page="disputes:list",
        orphans_query={"left": "on"},
        enterprises=_enterprises(planned_at, held_by),
    ),
    Duty(
        code="follow_ups",
        title=_("Follow-ups of disputes"),
        counts=_counted(waiting_at, "officer_id"),
        behind=_nothing_behind,
        hand_over=_by(hand_over_follow_ups),
        orphans=_left(waiting_at, "officer_id"),
        orphans_page="disputes:list",
        orphans_query={"left": "on"},
        enterprises=_enterprises(waiting_at, lambda user_id: Q(officer_id=user_id)),
    ),
)
