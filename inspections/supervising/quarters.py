"""The quarters of which there are inspections."""

from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.periods import Period
from inspections.models import Inspection

MOST = 12


def quarters_with_inspections(actor: Actor, last: Period) -> list[Period]:
    """Return the quarters from the first inspection to the last quarter, the latest first, at most MOST. One query."""
    days = visible(actor, Inspection).select_related(None).order_by("inspected_on", "pk")
    first = days.values_list("inspected_on", flat=True).first()
    begin = max(Period.of(first) if first else last, last.shift(1 - MOST))
    return list(begin.until(last))[::-1]
