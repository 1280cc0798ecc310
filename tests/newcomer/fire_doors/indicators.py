"""What fire doors contribute to a rating, and what an enterprise can still do for it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from facts.declarations import counted_in_quarter, recording_act
from foundation.contributions.measures import Indicator, register, register_act
from tests.newcomer.fire_doors.urls import DoorPages

DOOR_CHECKS = Indicator("door_checks", _("Checks of fire doors"), _("checks"), "A")


def _task(number: int) -> str:
    return ngettext("Check %(number)d fire door", "Check %(number)d fire doors", number) % {"number": number}


register(counted_in_quarter(DOOR_CHECKS, DoorPages(), "doors"))
register_act(recording_act(DOOR_CHECKS, DoorPages(), _task, most=4))
