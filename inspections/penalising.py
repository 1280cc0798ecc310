"""Penalties: recording one, and the hazard for which it was imposed, said then or later."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from facts.dates import check_own_day
from facts.operations import change_fact, correct_fact, create_fact, lock_fact, writes_of
from facts.selectors import get_fact, visible
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.faults import Faults
from inspections.access import Permission
from inspections.models import Hazard, Penalty

LINK = "link"
MOST_TO_LINK = 100


def hazard_of(actor: Actor, id: int | None) -> Hazard | None:
    """Return the hazard with this number; None if there is none, or the actor does not see it."""
    try:
        return get_fact(actor, Hazard, id) if id else None
    except Http404:
        return None


def penalties_for(actor: Actor, hazard: Hazard) -> list[Penalty]:
    """Return the penalties imposed for a hazard that the actor may see, the oldest first. One query."""
    rows = visible(actor, Penalty, enterprise_id=hazard.enterprise_id)
    return list(rows.filter(hazard_id=hazard.pk).order_by("decided_on", "pk"))


@transaction.atomic
def create_penalty(
    *, actor: Actor, enterprise_id: int | None, hazard: int | None = None, **fields: Any
) -> Penalty:
    """Record a penalty. Raise as create_fact, ValidationError at ``decided_on`` for a day before the hazard was found.

    ``hazard``: the number of the one it was imposed for; one that was voided, or of another enterprise, is left out.
    """
    faults, decided_on = Faults(), fields.get("decided_on")
    with faults.of():
        check_own_day(actor, "decided_on", decided_on)
    found = hazard_of(actor, hazard)
    if found and found.enterprise_id == enterprise_id and not found.is_voided:
        fields["hazard_id"] = found.pk
        with faults.of():
            _refuse_before(found, decided_on)
    return create_fact(
        actor=actor,
        permission=Permission.RECORD_PENALTIES,
        model=Penalty,
        enterprise_id=enterprise_id,
        values=fields,
        faults=faults,
    )


def _refuse_before(hazard: Hazard | None, decided_on: Any) -> None:
    """Raise ValidationError at ``decided_on`` if a penalty was decided before the hazard that it was imposed for was found."""
    if hazard and isinstance(decided_on, dt.date) and decided_on < hazard.found_on:
        words = _("The hazard was found on %(day)s. Choose that day or a later one.")
        raise ValidationError({"decided_on": words % {"day": hazard.found_on.isoformat()}})


@transaction.atomic
def _correct_penalty(*, actor: Actor, id: int, version: int | None, reason: str, **fields: Any) -> Penalty:
    """Correct a penalty; its day stays on or after that of its hazard. Raise as correct_fact."""
    require(actor, Permission.CORRECT_PENALTIES)
    penalty, faults = lock_fact(actor, Penalty, id), Faults()
    decided_on = fields.get("decided_on", penalty.decided_on)
    if decided_on != penalty.decided_on:
        with faults.of():
            check_own_day(actor, "decided_on", decided_on)
        with faults.of():
            _refuse_before(hazard_of(actor, penalty.hazard_id), decided_on)
    return correct_fact(
        actor=actor,
        permission=Permission.CORRECT_PENALTIES,
        model=Penalty,
        id=id,
        version=version,
        reason=reason,
        values=fields,
        faults=faults,
    )


def refuse_found_later(hazard: Hazard, found_on: Any) -> None:
    """Raise ValidationError at ``found_on`` if a penalty was imposed for the hazard before that day."""
    rows = Penalty.objects.filter(enterprise_id=hazard.enterprise_id, hazard_id=hazard.pk, voided_at=None)
    first = rows.order_by("decided_on").first() if isinstance(found_on, dt.date) else None
    if first and first.decided_on < found_on:
        words = _("The penalty %(number)s was imposed for it on %(day)s, so it was found by then.")
        shown = {"number": first.number, "day": first.decided_on.isoformat()}
        raise ValidationError({"found_on": words % shown})


def hazards_to_link(actor: Actor, penalty: Penalty) -> list[Hazard]:
    """Return the hazards for which a penalty may have been imposed: of its enterprise, found until its day.

    The latest, and the one that it is linked to, whatever has become of it. One query, or two.
    """
    rows = visible(actor, Hazard, enterprise_id=penalty.enterprise_id).select_related(None)
    found = list(rows.filter(found_on__lte=penalty.decided_on).order_by("-found_on", "-pk")[:MOST_TO_LINK])
    if penalty.hazard_id not in [0, *(each.pk for each in found)] and (
        linked := hazard_of(actor, penalty.hazard_id)
    ):
        found.append(linked)
    return found


@as_declared
def link_penalty(*, actor: Actor, id: int, version: int | None, hazard: int | None) -> Penalty:
    """Say for which hazard a penalty was imposed; None for none. The log keeps what was said before.

    Raise as change_fact, ValidationError at ``hazard`` for one of another enterprise, voided, or found later.
    """

    def change(penalty: Penalty) -> None:
        if hazard == penalty.hazard_id:
            return  # refused as no change
        found = hazard_of(actor, hazard)
        if hazard and (found is None or found.is_voided or found.enterprise_id != penalty.enterprise_id):
            raise ValidationError({"hazard": _("Choose a hazard of this enterprise.")})
        if found and found.found_on > penalty.decided_on:
            words = _("The hazard was found on %(day)s, after the penalty was decided.")
            raise ValidationError({"hazard": words % {"day": found.found_on.isoformat()}})
        penalty.hazard_id = found.pk if found else 0

    return change_fact(
        actor=actor,
        permission=Permission.CORRECT_PENALTIES,
        model=Penalty,
        id=id,
        version=version,
        action=kind_of_model(Penalty).action(LINK),
        change=change,
    )


PENALTY_WRITES = writes_of(
    Penalty, Permission.VIEW_PENALTIES, create=create_penalty, correct=_correct_penalty
)
