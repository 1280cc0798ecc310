"""Disputes that an officer leads."""

from collections import Counter
from collections.abc import Collection, Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from disputes.filing.leading import hand_over_leads
from disputes.models import Dispute
from disputes.selectors import open_disputes
from enterprises.concerned import left_by
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.contributions.duties import Duty, register


def _led(stations: Collection[int]) -> QuerySet[Dispute]:
    return Dispute.objects.filter(open_disputes(), station_id__in=stations).order_by()


def _counts(user_id: int, stations: Collection[int]) -> Mapping[int, int]:
    return Counter(_led(stations).filter(lead_id=user_id).values_list("station_id", flat=True))


def _orphans(stations: Collection[int]) -> Mapping[int, int]:
    return Counter(_led(stations).filter(left_by("lead_id")).values_list("lead_id", flat=True))


def _hand_over(actor: Actor, user_id: int, station_id: int, successor_id: int | None) -> int:
    successor = User.objects.get(pk=successor_id) if successor_id else None
    return hand_over_leads(actor=actor, officer_id=user_id, station_id=station_id, successor=successor)


register(
    Duty(
        code="disputes",
        title=_("Disputes led"),
        counts=_counts,
        behind=lambda user_id, stations: [],
        hand_over=_hand_over,
        orphans=_orphans,
        orphans_page="disputes:list",
        orphans_query={"left": "on"},
    )
)
