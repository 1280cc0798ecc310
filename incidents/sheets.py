"""Incidents as an import target."""

from facts.declarations import register_target
from incidents.models import Incident

register_target("incident", Incident, alike=("occurred_on", "kind", "summary"))
