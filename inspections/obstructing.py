"""Obstructions of inspections: recording one, and its acts."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from facts.operations import create_fact, lock_fact, void_fact, writes_of
from facts.selectors import visible
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from inspections.access import Permission
from inspections.forging import refusal_to_void
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


@transaction.atomic
def void_obstruction(*, actor: Actor, id: int, version: int | None, reason: str) -> Obstruction:
    """Void an obstruction that nobody has confirmed. Raise as void_fact, WrongState for another one."""
    require(actor, Permission.CORRECT_OBSTRUCTIONS)
    obstruction = lock_fact(actor, Obstruction, id)
    if not obstruction.is_voided and (words := refusal_to_void(obstruction)):
        raise WrongState(words)
    return void_fact(
        actor=actor,
        permission=Permission.CORRECT_OBSTRUCTIONS,
        model=Obstruction,
        id=id,
        version=version,
        reason=reason,
    )


OBSTRUCTION_WRITES = writes_of(
    Obstruction, Permission.VIEW_OBSTRUCTIONS, create=create_obstruction, void=void_obstruction
)


@OBSTRUCTION_LIFE.operation("confirm")
def confirm_obstruction(obstruction: Obstruction, *, actor: Actor, confirmed_on: dt.date) -> None:
    """Record that it was so: a veto from that day, and the enterprise sees it."""
    obstruction.confirmed_on = confirmed_on


@OBSTRUCTION_LIFE.operation("withdraw")
def withdraw_obstruction(obstruction: Obstruction, *, actor: Actor, withdrawn_on: dt.date) -> None:
    """Record that the finding does not hold any more. Until that day it stays as it was."""
    obstruction.withdrawn_on = withdrawn_on


@OBSTRUCTION_LIFE.operation("ask_withdrawal")
def ask_to_withdraw_obstruction(obstruction: Obstruction, *, actor: Actor) -> None:
    """Ask that an obstruction that was confirmed be withdrawn. It stays in force until somebody else decides."""
    obstruction.withdrawal_asked_at = timezone.now()
    obstruction.withdrawal_asked_by, obstruction.withdrawal_asked_by_id = actor.name[:80], actor.user_id


@OBSTRUCTION_LIFE.operation("keep")
def keep_obstruction(obstruction: Obstruction, *, actor: Actor) -> None:
    """End the request to withdraw an obstruction, which stays as it was. Whoever asked may do so too."""
    obstruction.withdrawal_asked_at = None
    obstruction.withdrawal_asked_by, obstruction.withdrawal_asked_by_id = "", 0
