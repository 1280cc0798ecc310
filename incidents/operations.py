"""What each act on an incident changes; everything else about writing one is common to all facts."""

import datetime as dt
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from facts.asks import Answer
from facts.operations import correct_fact, lock_fact, writes_of
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.faults import Faults
from incidents.access import Permission
from incidents.lives import INCIDENT_LIFE
from incidents.models import Incident


@transaction.atomic
def correct_incident(*, actor: Actor, id: int, version: int | None, reason: str, **fields: Any) -> Incident:
    """Correct an incident. Raise as correct_fact, also if a verified one lacks an answer that its new kind needs."""
    require(actor, Permission.CORRECT_INCIDENTS)
    faults = Faults()
    old = lock_fact(actor, Incident, id)
    if old.verified_on:
        with faults.of():
            _check_answers(actor, old, fields)
    return correct_fact(
        actor=actor,
        permission=Permission.CORRECT_INCIDENTS,
        model=Incident,
        id=id,
        version=version,
        reason=reason,
        values=fields,
        faults=faults,
    )


def _check_answers(actor: Actor, old: Incident, fields: dict[str, Any]) -> None:
    """Raise ValidationError at each answer that verifying asks for only by what a correction changes, and that is missing."""
    new = copy(old)
    for name, value in fields.items():
        setattr(new, name, value)
    missing = {}
    for ask in INCIDENT_LIFE.acts["verify"].asks():
        if not isinstance(ask, Answer) or ask.required(old) or getattr(new, ask.name) is not None:
            continue
        if (field := ask.field_for(new, actor)) and field.required:
            missing[ask.name] = field.error_messages["required"]
    if missing:
        raise ValidationError(missing)


INCIDENT_WRITES = writes_of(Incident, Permission.VIEW_INCIDENTS, correct=correct_incident)


@INCIDENT_LIFE.operation("verify")
def verify_incident(
    incident: Incident,
    *,
    actor: Actor,
    verified_on: dt.date,
    at_fault: bool | None = None,
    duty_fulfilled: bool | None = None,
) -> None:
    """Record that the police verified the incident; it counts in a rating from that day."""
    incident.verified_on = verified_on
    incident.at_fault, incident.duty_fulfilled = at_fault, duty_fulfilled
