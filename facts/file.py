"""What facts put on the enterprise file: helpers of the declarations."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce


def count_of(rows: QuerySet[Any]) -> Coalesce:
    """Return how many of these records the outer enterprise has, as an expression."""
    mine = rows.filter(enterprise=OuterRef("pk")).order_by().values("enterprise")
    return Coalesce(
        Subquery(mine.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0
    )
