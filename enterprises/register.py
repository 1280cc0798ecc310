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
    day = period.end
    then = Custody.objects.filter(enterprise=OuterRef("pk"), until_on__gt=day).order_by("until_on", "id")
    return (
        Enterprise.objects.filter(Q(registered_on=None) | Q(registered_on__lte=day))
        .filter(~Exists(away_on(day)))
        .annotate(
            rated_at_station=Coalesce(
                Subquery(then.values("held_by_station_id")[:1]), "station_id", output_field=BigIntegerField()
            )
        )
        .order_by()
    )
