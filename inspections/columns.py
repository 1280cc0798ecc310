"""Columns that hazards add to the register's list."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from foundation.contributions.columns import Column, register
from foundation.database.composing import TODAY
from inspections.choices import HazardState
from inspections.models import Hazard
from inspections.selectors import DEADLINE, in_state


def _hazards(condition: Q) -> Any:
    rows = Hazard.objects.filter(enterprise=OuterRef("pk"), closed_on=None, voided_at=None)
    counted = rows.annotate(deadline=DEADLINE).filter(condition).order_by().values("enterprise")
    return Coalesce(
        Subquery(counted.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0
    )


def _open() -> Any:
    """Return an expression for the number of open hazards of the enterprise."""
    return _hazards(Q())


def _overdue() -> Any:
    """Return an expression for the number that are overdue today, by the condition of the board."""
    return _hazards(in_state(HazardState.OVERDUE, TODAY))


register(Column("open_hazards", _open), Column("overdue_hazards", _overdue))
