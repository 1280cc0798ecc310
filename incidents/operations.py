"""Writes of incidents."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from facts.operations import change_fact, correct_fact, create_fact, void_fact
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from incidents.models import Incident


def create_incident(*, actor: Actor, enterprise_id: int, **fields: Any) -> Incident:
    """Record an incident concerning an enterprise. Errors as create_fact."""
    return create_fact(
        actor=actor, permission="incidents:record", model=Incident, enterprise_id=enterprise_id, values=fields
    )


def correct_incident(*, actor: Actor, id: int, version: int | None, reason: str, **fields: Any) -> Incident:
    """Put a wrong incident right. Errors as correct_fact."""
    return correct_fact(
        actor=actor,
        permission="incidents:correct",
        model=Incident,
        id=id,
        version=version,
        reason=reason,
        values=fields,
    )


def void_incident(*, actor: Actor, id: int, version: int | None, reason: str) -> Incident:
    """Take a wrong incident out of lists and measures. Errors as void_fact."""
    return void_fact(
        actor=actor, permission="incidents:correct", model=Incident, id=id, version=version, reason=reason
    )


def verify_incident(
    *,
    actor: Actor,
    id: int,
    version: int | None = None,
    verified_on: dt.date,
    at_fault: bool | None = None,
    duty_fulfilled: bool | None = None,
) -> Incident:
    """Note that the police verified the incident, from when on it counts in a rating.

    WrongState if it is verified already; other errors as change_fact.
    """

    def change(incident: Incident) -> None:
        if incident.verified_on:
            raise WrongState(
                _("This incident was verified on %(day)s.") % {"day": incident.verified_on.isoformat()}
            )
        incident.verified_on = verified_on
        incident.at_fault, incident.duty_fulfilled = at_fault, duty_fulfilled

    return change_fact(
        actor=actor, permission="incidents:act", model=Incident, id=id, version=version, action="incident.verify",
        change=change,
    )  # fmt: skip
