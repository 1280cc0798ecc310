"""What hazards and ratings add to the register's list."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, Q
from django.utils import timezone

from enterprises import columns
from foundation.accounts.actors import Actor
from inspections.selectors import list_hazards
from ratings.models import Rating


def open_hazards(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many hazards are open, and how many of them overdue, by enterprise."""
    rows = (
        list_hazards(actor)
        .filter(enterprise_id__in=ids, closed_on=None)
        .select_related(None)
        .order_by()
        .values("enterprise_id")
        .annotate(
            found=Count("pk"),
            overdue=Count("pk", filter=Q(rectified_on=None) & Q(deadline__lt=timezone.localdate())),
        )
    )
    return {row["enterprise_id"]: (row["found"], row["overdue"]) for row in rows}


def before(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[str, Decimal | None]]:
    """Colour and score of the quarter before the latest one that is rated, by enterprise."""
    latest = (
        Rating.objects.filter(
            station_id__in=actor.stations, enterprise_id__in=ids, trial=False, visible_from__lte=timezone.now()
        )
        .order_by("enterprise_id", "-period_code", "-revision")
        .distinct("enterprise_id")
        .values_list("enterprise_id", "previous_colour", "previous_score")
    )
    return {enterprise_id: (colour, score) for enterprise_id, colour, score in latest}


columns.register("hazards", open_hazards)
columns.register("before", before)

