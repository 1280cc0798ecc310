"""Audit log labels for incidents."""

from facts.declarations import register_kind
from incidents.lives import INCIDENT_LIFE
from incidents.models import Incident

register_kind(
    "incident",
    Incident,
    life=INCIDENT_LIFE,
    formerly="incidents.Incident",
    named_by=("kind", "occurred_on"),
)
