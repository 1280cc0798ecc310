"""Incidents in the one search."""

from facts.declarations import findable
from foundation.contributions.search import register
from incidents.staff.views import IncidentPages

register(findable(IncidentPages(), rank=60, title=("kind",), more=("summary",)))
