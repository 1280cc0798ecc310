"""What was drawn or planned for somebody who has left: the chiefs of the station see it on Today, so that it is not nobody's."""

from django.db.models import Exists, OuterRef, Q

from foundation.accounts.access import STATION_ROLES
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from foundation.database.composing import PERSON


def for_chief(person: str) -> Q:
    """Return the condition on rows of a station: whoever ``person`` names does not work there, and the reader is its chief."""
    at_work = RoleGrant.objects.filter(
        user=OuterRef(person),
        station=OuterRef("station"),
        role__in=STATION_ROLES,
        revoked_at=None,
        user__is_active=True,
    )
    chief = RoleGrant.objects.filter(
        user_id=PERSON, station=OuterRef("station"), role=Role.CHIEF, revoked_at=None
    )
    return ~Q(Exists(at_work)) & Q(Exists(chief))
