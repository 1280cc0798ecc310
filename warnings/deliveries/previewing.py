"""What a subscription would have brought in the last quarter, for the forms that choose its filters."""

from collections.abc import Iterable
from math import ceil
from typing import NamedTuple

from django.db.models import F, Q

from deliveries.choices import ANY, NOTHING
from deliveries.models import Subscription
from deliveries.operations.publishing import RATINGS_PER_MESSAGE
from foundation.accounts.actors import Actor
from foundation.tenancy.scope import station_scope
from ratings.choices import EvaluationKind, EvaluationState
from ratings.operations.evaluations import bureau_actor
from ratings.selectors import evaluations, in_force

COUNTED_UP_TO = 100_000  # the largest quarter that a form counts ratings of while the user waits


class Counted(NamedTuple):
    """The latest rated quarter, and the number of its ratings that match."""

    period: str
    ratings: int

    @property
    def messages(self) -> int:
        """The number of messages that they would have been."""
        return ceil(self.ratings / RATINGS_PER_MESSAGE)


def count_for_department(actor: Actor, filters: Subscription) -> Counted | None:
    """Return the count for a department, which reads no ratings itself: only the figure, of its own subscription's cover."""
    if filters.bureau_id != actor.bureau_id or filters.department_id != actor.department_id:
        raise ValueError("a department counts within its own subscription")
    system = bureau_actor(actor.bureau_id)
    with station_scope(system.scope()):
        return count_in_last_quarter(system, filters)


def count_in_last_quarter(actor: Actor, filters: Subscription) -> Counted | None:
    """Return the latest rated quarter and the number of its ratings that match the filters.

    None if no quarter is rated yet, or the quarter is too large to count while the user waits.
    """
    done = evaluations(actor).filter(kind=EvaluationKind.REGULAR, state=EvaluationState.COMPLETE)
    last = done.order_by("-period_code").values_list("period_code", "registered").first()
    if last is None or last[1] > COUNTED_UP_TO:
        return None
    period = last[0]
    ratings = in_force(actor, period_code=period)
    if not filters.whole_bureau:
        ratings = ratings.filter(station_id__in=filters.stations)
    if filters.colours:
        ratings = ratings.filter(colour__in=filters.colours)
    ratings = ratings.filter(
        _any(Q(enterprise__industry_code__startswith=code) for code in filters.industries)
    )
    ratings = ratings.filter(_any(map(_step, filters.transitions)))
    return Counted(period, ratings.count())


def _step(transition: str) -> Q:
    """Return the condition of a change. A star stands for any other colour, as in ``publishing``."""
    before, _arrow, after = transition.partition(">")
    if (before, after) == (ANY, ANY):
        return Q()
    found = Q() if after == ANY else Q(colour=after)
    if before == NOTHING:
        return found & Q(previous_colour="")
    found &= Q() if before == ANY else Q(previous_colour=before)
    return found & ~Q(previous_colour=F("colour")) if ANY in (before, after) else found


def _any(conditions: Iterable[Q]) -> Q:
    """Return the disjunction of the conditions: empty, matching everything, if there are none or one is empty."""
    found = Q()
    for condition in conditions:
        if not condition:
            return Q()
        found |= condition
    return found
