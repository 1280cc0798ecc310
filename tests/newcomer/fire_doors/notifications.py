"""Who is notified of checks of fire doors."""

from django.utils.translation import gettext_lazy as _

from facts.causes import act_by_enterprise, corrections, new_records
from foundation.contributions.notifications import register
from tests.newcomer.fire_doors.urls import DoorPages

DOORS = DoorPages()

register(
    *new_records(
        DOORS, police=_("A fire door was checked: %(object)s"), enterprise=_("Fire door: %(object)s")
    ),
    act_by_enterprise(DOORS, "repair", _("Fire door repaired: %(object)s")),
    *corrections(DOORS),
)
