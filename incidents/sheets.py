"""Incidents that come in from files."""

from facts.declarations import register_target
from incidents.models import Incident

register_target("incident", Incident)
