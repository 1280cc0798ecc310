"""Penalties: recording one, and the hazard for which it was imposed."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from facts.dates import check_own_day
from facts.operations import create_fact, writes_of
from facts.selectors import get_fact, visible
from foundation.accounts.actors import Actor
from foundation.faults import Faults
from inspections.access import Permission
from inspections.models import Hazard, Penalty


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

    ``hazard``: the number of the one it was imposed for; one of another enterprise is left out.
    """
    faults, decided_on = Faults(), fields.get("decided_on")
    with faults.of():
        check_own_day(actor, "decided_on", decided_on)
    found = hazard_of(actor, hazard)
    if found and found.enterprise_id == enterprise_id:
        fields["hazard_id"] = found.pk
        if isinstance(decided_on, dt.date) and decided_on < found.found_on:
            words = _("The hazard was found on %(day)s. Choose that day or a later one.")
            faults.add(ValidationError({"decided_on": words % {"day": found.found_on.isoformat()}}))
    return create_fact(
        actor=actor,
        permission=Permission.RECORD_PENALTIES,
        model=Penalty,
        enterprise_id=enterprise_id,
        values=fields,
        faults=faults,
    )


PENALTY_WRITES = writes_of(Penalty, Permission.VIEW_PENALTIES, create=create_penalty)
