"""What each act on an incident changes; everything else about writing one is common to all facts."""

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
    """Record that the police verified the incident; it counts in a rating from that day."""
    incident.verified_on = verified_on
    incident.at_fault, incident.duty_fulfilled = at_fault, duty_fulfilled
