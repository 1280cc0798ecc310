"""The life of a check: a faulty door is repaired."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from facts.lives import Act, Day, Life, State, Wording
from tests.newcomer.fire_doors.models import DoorCheck, DoorState

DOOR_LIFE = Life(
    DoorCheck,
    states=(
        State(DoorState.SHUTS, "green", lambda today: Q(shuts=True)),
        State(DoorState.FAULTY, "red", lambda today: Q(shuts=False, repaired_on=None)),
        State(DoorState.REPAIRED, "green", lambda today: Q(shuts=False, repaired_on__isnull=False)),
    ),
    acts=(
        Act(
            "repair",
            states=frozenset({DoorState.FAULTY}),
            to=frozenset({DoorState.REPAIRED}),
            permission="door_checks:repair",
            wording=Wording(_("Repaired"), asks=(Day("repaired_on", _("Repaired on")),)),
            past=_("Repaired"),
            done=_("The door is repaired."),
            icon="tool",
            hue="green",
        ),
    ),
    begins=(DoorState.SHUTS, DoorState.FAULTY),
)
