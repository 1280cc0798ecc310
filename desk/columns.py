"""What hazards and ratings add to the register's list."""

import datetime as dt
from typing import Any

from django.db.models import CharField, Count, DecimalField, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from foundation.accounts.actors import Actor
from foundation.contributions import columns
from inspections.models import Hazard
from inspections.selectors import DEADLINE
from ratings.selectors import in_force


def open_hazards(actor: Actor, today: dt.date) -> Any:
    """How many hazards of the enterprise are open."""
    return _hazards(Q())


def overdue_hazards(actor: Actor, today: dt.date) -> Any:
    """How many of them are overdue: not submitted, and the deadline in force has passed."""
    return _hazards(Q(rectified_on=None, deadline__lt=today))


def colour_before(actor: Actor, today: dt.date) -> Any:
    """The colour of the quarter before the latest rated one."""
    return Subquery(_latest(actor).values("previous_colour")[:1], output_field=CharField())


def score_before(actor: Actor, today: dt.date) -> Any:
    """The score of the quarter before the latest rated one."""
    return Subquery(_latest(actor).values("previous_score")[:1], output_field=DecimalField())


def _hazards(condition: Q) -> Any:
    rows = Hazard.objects.filter(enterprise=OuterRef("pk"), closed_on=None, voided_at=None)
    counted = rows.annotate(deadline=DEADLINE).filter(condition).order_by().values("enterprise")
    return Coalesce(
        Subquery(counted.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0
    )


def _latest(actor: Actor) -> Any:
    return in_force(actor).filter(enterprise_id=OuterRef("pk")).order_by("-period_code")


for column in (open_hazards, overdue_hazards, colour_before, score_before):
    columns.register(column.__name__, column)
