"""Faulty doors waiting to be repaired."""

from django.utils.translation import gettext_lazy as _

from facts.declarations import work_of
from foundation.contributions.work import register
from tests.newcomer.fire_doors.models import DoorState
from tests.newcomer.fire_doors.urls import DoorPages

register(work_of(DoorPages(), DoorState.FAULTY, title=_("Faulty fire doors"), rank=65, text="door"))
