"""Fire doors on the enterprise file."""

from django.utils.translation import gettext_lazy as _

from facts.file import count_of, records_panel
from foundation.contributions.file import Figure, Mark, Recording, Strand, Tab, register
from foundation.database.composing import TODAY
from tests.newcomer.fire_doors.lives import DOOR_LIFE
from tests.newcomer.fire_doors.models import DoorCheck
from tests.newcomer.fire_doors.urls import DoorPages

register(
    Tab("doors", _("Fire doors"), "door", 65, count="faulty_doors"),
    records_panel(DoorPages, "doors"),
    Figure(
        "faulty_doors", lambda: count_of(DoorCheck.objects.filter(DOOR_LIFE.where("faulty", today=TODAY)))
    ),
    Recording("fire_doors:create", _("Record a fire door"), "door", 70),
    Mark(
        "door_check",
        Strand.OWN,
        "door",
        lambda: DoorCheck.objects.filter(voided_at=None),
        "checked_on",
        name="door",
        page="fire_doors:detail",
    ),
)
