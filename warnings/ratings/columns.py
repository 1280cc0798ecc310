"""Columns that ratings add to the list of enterprises."""

import datetime as dt
from typing import Any

from django.db.models import CharField, DecimalField, OuterRef, Subquery

from foundation.accounts.actors import Actor
from foundation.contributions.columns import Column, register
from ratings.selectors import in_force


def _latest(actor: Actor) -> Any:
    return in_force(actor).filter(enterprise_id=OuterRef("pk")).order_by("-period_code")


def _colour_before(actor: Actor, _today: dt.date) -> Any:
    """Return a subquery for the colour of the quarter before the latest rated one."""
    return Subquery(_latest(actor).values("previous_colour")[:1], output_field=CharField())


def _score_before(actor: Actor, _today: dt.date) -> Any:
    """Return a subquery for the score of the quarter before the latest rated one."""
    return Subquery(_latest(actor).values("previous_score")[:1], output_field=DecimalField())


register(Column("colour_before", _colour_before), Column("score_before", _score_before))
