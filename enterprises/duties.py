"""Enterprises that an officer looks after, as liaison officer or deputy."""

from collections.abc import Collection, Mapping

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from enterprises.models import Liaison
from enterprises.open_work import open_work_of
from enterprises.operations.liaison import hand_over_liaisons
from enterprises.operations.register import lock_in_order
from enterprises.selectors import without_role
from foundation.contributions.duties import Duty, locks_enterprises, register


def _counts(user_id: int, stations: Collection[int]) -> Mapping[int, int]:
    serving = Liaison.objects.filter(officer_id=user_id, station_id__in=stations, until_on=None).order_by()
    return dict(serving.values_list("station_id").annotate(number=Count("pk")))


def _enterprises(user_id: int, station_id: int) -> Collection[int]:
    serving = Liaison.objects.filter(officer_id=user_id, station_id=station_id, until_on=None).order_by()
    return list(serving.values_list("enterprise_id", flat=True))


def _orphans(stations: Collection[int]) -> Mapping[int, int]:
    left = Liaison.objects.filter(without_role(), station_id__in=stations, until_on=None).order_by()
    return dict(left.values_list("officer_id").annotate(number=Count("enterprise_id", distinct=True)))


locks_enterprises(lock_in_order)
register(
    Duty(
        code="liaison",
        title=_("Enterprises as liaison officer or deputy"),
        counts=_counts,
        behind=open_work_of,
        hand_over=lambda actor, user_id, station_id, successor_id: hand_over_liaisons(
            actor=actor, officer_id=user_id, station_id=station_id, successor_id=successor_id
        ),
        orphans=_orphans,
        orphans_page="enterprises:list",
        orphans_query={"liaison": "left", "register": "all"},
        enterprises=_enterprises,
    )
)
