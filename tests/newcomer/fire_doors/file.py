"""Fire doors on the enterprise file."""

from facts.declarations import count_of, file_of
from foundation.contributions.file import Figure, Strand, register
from tests.newcomer.fire_doors.lives import DOOR_LIFE
from tests.newcomer.fire_doors.models import DoorCheck, DoorState
from tests.newcomer.fire_doors.urls import DoorPages

register(
    *file_of(DoorPages(), "doors", rank=65, strand=Strand.OWN, name="door", count="faulty_doors"),
    Figure("faulty_doors", lambda: count_of(DoorCheck.objects.filter(DOOR_LIFE.where(DoorState.FAULTY)))),
)
