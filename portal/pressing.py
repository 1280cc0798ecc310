"""What the badge of *To do* counts: what is overdue, came back or is due within days, of all kinds of an enterprise's work."""

from django.utils import timezone

from disputes.people.sides import own_sides
from enterprises.selectors import own_inactivity
from foundation.accounts.actors import Actor
from foundation.database import caching
from inspections.selectors import PRESSING, PRESSING_KEPT_S, pressing_count


def pressing(actor: Actor) -> int:
    """Return how many items of *To do* press, for the badge of every page: cached, so that a page costs no further query."""
    key = ("portal:payments", actor.enterprise_id, timezone.localdate().isoformat())
    payments = caching.remembered(key, lambda: pressing_payments(actor), PRESSING_KEPT_S)
    return pressing_count(actor) + payments


def pressing_payments(actor: Actor) -> int:
    """Return how many disputes have an instalment of the enterprise that is overdue or due within days. None while it is away."""
    number = own_sides(actor).filter(owes__gt=0, owes_on__lte=timezone.localdate() + PRESSING).count()
    return number if number and own_inactivity(actor) is None else 0
