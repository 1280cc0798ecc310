"""When an enterprise is next to be inspected: by its colour, counted from the last inspection."""

import datetime as dt

from enterprises.choices import Colour
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor

# Days between two inspections by colour. Publishing a rating writes the cycle of the bureau's own standard; these
# hold from an inspection until then.
CYCLE_DAYS: dict[str, int] = {Colour.GREEN: 90, Colour.YELLOW: 30, Colour.RED: 7, Colour.GREY: 90}


def plan_next_inspection(*, actor: Actor, enterprise_id: int, inspected_on: dt.date | None) -> dt.date | None:
    """Move ``next_inspection_on`` to the last inspection plus the cycle of the enterprise's colour.

    ``inspected_on`` is the day of the last inspection that stands, None where there is none: then the day stays as it
    was planned. Called inside the operation that records, corrects or voids an inspection, whose audit entry it is.
    """
    if inspected_on is None:
        return None
    rows = Enterprise.objects.filter(pk=enterprise_id, station_id__in=actor.stations)
    colour = rows.values_list("colour", flat=True).get()
    planned_on = inspected_on + dt.timedelta(days=CYCLE_DAYS[colour])
    rows.update(next_inspection_on=planned_on)
    return planned_on
