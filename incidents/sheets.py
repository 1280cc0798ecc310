"""Incidents that come in from files."""

from facts.sheets import register_target
from incidents.models import Incident

register_target("incident", Incident)
