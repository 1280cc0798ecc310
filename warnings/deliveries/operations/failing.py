"""What follows an attempt that failed: the same message again later, or a pause.

The law (architecture §6): a message is tried again in order, with growing waits, for three days. The push pauses before
that on 410, and after ``REFUSALS`` final answers (4xx) in a row over at least ``REFUSED_FOR``: a receiver that is being
set up answers 404 or 401 for a while, and one such answer says little.
"""

import datetime as dt

from django.utils import timezone

from deliveries.choices import Paused
from deliveries.models import Subscription
from deliveries.sending import Result

REFUSALS = 5
REFUSED_FOR = dt.timedelta(hours=1)
FORGOTTEN = {
    "next_try_at": None,
    "attempts": 0,
    "failing_since": None,
    "refusals": 0,
    "refused_since": None,
}
FAILING = tuple(FORGOTTEN)  # the columns


def forget_failures(row: Subscription) -> None:
    """Begin anew, as after a success: what failed before no longer counts. Does not save."""
    for name, value in FORGOTTEN.items():
        setattr(row, name, value)


def pause_after(row: Subscription, answer: Result) -> Paused:
    """Count a failed answer, and return why the push pauses with it; ``Paused.NOT`` if it goes on trying."""
    now = timezone.now()
    row.attempts += 1
    row.failing_since = row.failing_since or now
    if not answer.is_final:
        row.refusals, row.refused_since = 0, None
        return answer.pause
    row.refusals += 1
    row.refused_since = row.refused_since or now
    if answer.pause:
        return answer.pause
    return (
        Paused.REFUSED if row.refusals >= REFUSALS and now >= row.refused_since + REFUSED_FOR else Paused.NOT
    )
