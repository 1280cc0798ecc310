"""Columns that ratings add to the list of enterprises."""

from typing import Any

from django.db.models import CharField, DecimalField, OuterRef, Subquery

from foundation.contributions.columns import Column, register
from foundation.database.composing import NOW, OfStations
from ratings.selectors import official_in_force


def _latest() -> Any:
    seen = official_in_force(NOW).filter(OfStations("station_id"), enterprise_id=OuterRef("pk"))
    return seen.order_by("-period_code")


def _colour_before() -> Any:
    """Return a subquery for the colour of the quarter before the latest rated one."""
    return Subquery(_latest().values("previous_colour")[:1], output_field=CharField())


def _score_before() -> Any:
    """Return a subquery for the score of the quarter before the latest rated one."""
    return Subquery(_latest().values("previous_score")[:1], output_field=DecimalField())


register(Column("colour_before", _colour_before), Column("score_before", _score_before))
