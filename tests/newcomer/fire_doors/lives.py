"""The life of a check: a faulty door is repaired."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from facts.asks import Day
from facts.lives import Act, Life, State, Wording
from foundation.accounts.actors import Actor
from tests.newcomer.fire_doors.access import Permission
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
            permission=Permission.REPAIR_DOORS,
            wording=Wording(_("Repaired"), asks=(Day("repaired_on", _("Repaired on")),)),
            past=_("Repaired"),
            done=_("The door is repaired."),
            icon="tool",
        ),
    ),
    begins=(DoorState.SHUTS, DoorState.FAULTY),
)


@DOOR_LIFE.operation("repair")
def repair_door(check: DoorCheck, *, actor: Actor, repaired_on: dt.date) -> None:
    """Record the day on which a faulty door was repaired."""
    check.repaired_on = repaired_on
