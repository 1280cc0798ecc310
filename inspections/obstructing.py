"""Obstructions of inspections: recording one, and its acts."""

from typing import Any

from django.db import transaction

from facts.operations import create_fact, writes_of
from facts.selectors import visible
from foundation.accounts.actors import Actor
from inspections.access import Permission
from inspections.confirming import acts_of, voids
from inspections.lives import OBSTRUCTION_LIFE
from inspections.models import Inspection, Obstruction


def obstructed_inspection(actor: Actor, id: int | None) -> Inspection | None:
    """Return the inspection with this number; None if there is none, or the actor does not see it. One query."""
    return visible(actor, Inspection).filter(pk=id).first() if id else None


def obstructions_of(actor: Actor, inspection: Inspection) -> list[Obstruction]:
    """Return the obstructions of an inspection that the actor may see, the oldest first. One query."""
    rows = visible(actor, Obstruction, enterprise_id=inspection.enterprise_id).filter(inspection=inspection)
    return list(rows.order_by("obstructed_on", "pk"))


@transaction.atomic
def create_obstruction(
    *, actor: Actor, enterprise_id: int | None, inspection_id: int | None = None, **fields: Any
) -> Obstruction:
    """Record that an inspection was obstructed. It counts nowhere until somebody else confirms it.

    ``inspection_id``: the inspection, if it came about; one of another enterprise is left out. Raise as create_fact.
    """
    inspection = obstructed_inspection(actor, inspection_id)
    if inspection and inspection.enterprise_id == enterprise_id:
        fields["inspection"] = inspection
    return create_fact(
        actor=actor,
        permission=Permission.RECORD_OBSTRUCTIONS,
        model=Obstruction,
        enterprise_id=enterprise_id,
        values=fields,
    )


void_obstruction = voids(Obstruction, Permission.CORRECT_OBSTRUCTIONS)
OBSTRUCTION_WRITES = writes_of(
    Obstruction, Permission.VIEW_OBSTRUCTIONS, create=create_obstruction, void=void_obstruction
)
confirm_obstruction, ask_to_withdraw_obstruction, withdraw_obstruction, keep_obstruction = acts_of(
    OBSTRUCTION_LIFE
)
