"""How many disputes enterprises have, for whoever may know the numbers and nothing else."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from disputes.choices import DisputeState
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from foundation.accounts.actors import Actor
from foundation.tenancy.scope import Audience, Scope, station_scope


@dataclass(frozen=True)
class Counts:
    """How many disputes of an enterprise were opened, and how many of those are open, overdue and settled today."""

    enterprise: int
    opened: int = 0
    open: int = 0
    overdue: int = 0
    settled: int = 0


def counts_of(
    actor: Actor,
    enterprises: Collection[int],
    *,
    opened_from: dt.date | None = None,
    opened_to: dt.date | None = None,
) -> Mapping[int, Counts]:
    """Return the counts of these enterprises of the actor's stations, all of them, also without disputes. One query.

    A department's key reads no row of a dispute: the database refuses. So they are counted in the scope of the police of the
    key's stations, and nothing but numbers leaves this function.
    """
    found = {id: Counts(id) for id in enterprises}
    if not found or not actor.stations:
        return found
    days = Q(opened_on__gte=opened_from) if opened_from else Q()
    days &= Q(opened_on__lte=opened_to) if opened_to else Q()
    overdue = DISPUTE_LIFE.where(DisputeState.OVERDUE, today=timezone.localdate())
    rows = (
        Dispute.objects.filter(
            days, station_id__in=actor.stations, enterprise_id__in=list(found), voided_at=None
        )
        .order_by()
        .values("enterprise_id")
        .annotate(
            opened=Count("pk"),
            open=Count("pk", filter=Q(settled_on=None)),
            overdue=Count("pk", filter=overdue),
            settled=Count("pk", filter=Q(settled_on__isnull=False)),
        )
    )
    with station_scope(Scope(tuple(actor.stations), bureau=actor.bureau_id, audience=Audience.POLICE)):
        for id, *numbers in rows.values_list("enterprise_id", "opened", "open", "overdue", "settled"):
            found[id] = Counts(id, *numbers)
    return found
