"""What the acts on an incident change; everything else about writing one is every fact's."""

import datetime as dt

from foundation.accounts.actors import Actor
from incidents.lives import INCIDENT_LIFE
from incidents.models import Incident


@INCIDENT_LIFE.operation("verify")
def verify_incident(
    incident: Incident,
    *,
    actor: Actor,
    verified_on: dt.date,
    at_fault: bool | None = None,
    duty_fulfilled: bool | None = None,
) -> None:
    """Note that the police verified the incident, from when on it counts in a rating."""
    incident.verified_on = verified_on
    incident.at_fault, incident.duty_fulfilled = at_fault, duty_fulfilled
