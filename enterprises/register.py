"""The register as of a period: which enterprises are rated, and at which station."""

from typing import TYPE_CHECKING, TypedDict

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enterprises.models import Custody, Enterprise
from enterprises.selectors import away_on
from foundation.periods import Period

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Custodian(TypedDict):
        rated_at_station: int

    OnRegister = WithAnnotations[Enterprise, _Custodian]


def on_register(period: Period) -> "QuerySet[OnRegister]":
    """Return the enterprises active on the period's last day (docs/rating.md, "Register of a period").

    Annotated with ``rated_at_station``, the custodian on that day. Not filtered by tenant: call it inside a scope.
    """
    then = custodians(period).filter(enterprise=OuterRef("pk"))
    return active_on(period).annotate(
        rated_at_station=Coalesce(
            Subquery(then.values("held_by_station_id")[:1]), "station_id", output_field=BigIntegerField()
        )
    )


def active_on(period: Period) -> QuerySet[Enterprise]:
    """Return the same enterprises without their custodian."""
    day = period.end
    return (
        Enterprise.objects.filter(Q(registered_on=None) | Q(registered_on__lte=day))
        .filter(~Exists(away_on(day)))
        .order_by()
    )


def custodians(period: Period) -> QuerySet[Custody]:
    """Return the custodies that ended after the period, the one of its last day first of each enterprise."""
    return Custody.objects.filter(until_on__gt=period.end).order_by("enterprise_id", "until_on", "id")
